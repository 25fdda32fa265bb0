interface Port {
  readonly direction: 'input' | 'output';
  readonly name: string;
  readonly bits: number;
}

function ports(busBytes: number): readonly Port[] {
  const port = (direction: Port['direction'], name: string, bits = 1): Port => ({ direction, name, bits });
  return [
    port('input', 'clk'),
    port('input', 'rst'),
    port('input', 's_axil_awaddr', 16),
    port('input', 's_axil_awvalid'),
    port('output', 's_axil_awready'),
    port('input', 's_axil_wdata', 32),
    port('input', 's_axil_wstrb', 4),
    port('input', 's_axil_wvalid'),
    port('output', 's_axil_wready'),
    port('output', 's_axil_bresp', 2),
    port('output', 's_axil_bvalid'),
    port('input', 's_axil_bready'),
    port('input', 's_axil_araddr', 16),
    port('input', 's_axil_arvalid'),
    port('output', 's_axil_arready'),
    port('output', 's_axil_rdata', 32),
    port('output', 's_axil_rresp', 2),
    port('output', 's_axil_rvalid'),
    port('input', 's_axil_rready'),
    port('output', 'm_axi_araddr', 32),
    port('output', 'm_axi_arlen', 8),
    port('output', 'm_axi_arsize', 3),
    port('output', 'm_axi_arburst', 2),
    port('output', 'm_axi_arvalid'),
    port('input', 'm_axi_arready'),
    port('input', 'm_axi_rdata', 8 * busBytes),
    port('input', 'm_axi_rresp', 2),
    port('input', 'm_axi_rlast'),
    port('input', 'm_axi_rvalid'),
    port('output', 'm_axi_rready'),
    port('output', 'm_axi_awaddr', 32),
    port('output', 'm_axi_awlen', 8),
    port('output', 'm_axi_awsize', 3),
    port('output', 'm_axi_awburst', 2),
    port('output', 'm_axi_awvalid'),
    port('input', 'm_axi_awready'),
    port('output', 'm_axi_wdata', 8 * busBytes),
    port('output', 'm_axi_wstrb', busBytes),
    port('output', 'm_axi_wlast'),
    port('output', 'm_axi_wvalid'),
    port('input', 'm_axi_wready'),
    port('input', 'm_axi_bresp', 2),
    port('input', 'm_axi_bvalid'),
    port('output', 'm_axi_bready'),
    port('output', 'irq'),
  ];
}

/** Ports of `accel_top`: AXI4-Lite control, AXI4 to memory, interrupt. The same for every chip of a bus width. */
export function topPorts(busBytes: number): string {
  return ports(busBytes)
    .map(({ direction, name, bits }) => {
      const range = bits === 1 ? '' : ` [${bits - 1}:0]`;
      return direction === 'input' ? `  input  wire logic${range} ${name}` : `  output logic${range} ${name}`;
    })
    .join(',\n');
}
