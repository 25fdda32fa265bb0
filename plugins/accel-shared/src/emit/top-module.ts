import { recordLayersFor, type AccelSharedConfiguration } from '../configuration.js';

/** Parameters of `accel_shared` that have no configuration of their own name. */
function topParameters(configuration: AccelSharedConfiguration, recordLayers: number): readonly (readonly [string, number])[] {
  return [
    ['CHANNEL_BLOCK', configuration.channelBlock],
    ['OUTPUTS', configuration.outputParallelism],
    ['BUS_BYTES', configuration.busBytes],
    ['LANE_BLOCKS', configuration.laneBlocks],
    ['LANE_MULTIPLY', configuration.laneMultiply],
    ['CONV_DIVIDER', configuration.convRequantizeDivider],
    ['LANE_DIVIDER', configuration.laneRequantizeDivider],
    ['ACTIVATION_DEPTH', configuration.activationDepth],
    ['WEIGHT_DEPTH', configuration.weightDepth],
    ['CONV_PARAMETER_DEPTH', configuration.convParameterDepth],
    ['PARTIAL_SUM_DEPTH', configuration.partialSumDepth],
    ['CONV_OUTPUT_DEPTH', configuration.convOutputDepth],
    ['LANE_INPUT_DEPTH', configuration.laneInputDepth],
    ['LANE_WEIGHT_DEPTH', configuration.laneWeightDepth],
    ['LANE_PARAMETER_DEPTH', configuration.laneParameterDepth],
    ['LANE_OUTPUT_DEPTH', configuration.laneOutputDepth],
    ['BURST_BEATS', configuration.burstBeats],
    ['OUTSTANDING_READS', configuration.outstandingReads],
    ['QUEUE_DEPTH', configuration.queueDepth],
    ['PROGRAM_BLOCK', configuration.programBlock],
    ['RECORD_LAYERS', recordLayers],
  ];
}

interface Port {
  readonly direction: 'input' | 'output';
  readonly name: string;
  readonly bits: number;
}

function ports(busBytes: number): readonly Port[] {
  const port = (direction: Port['direction'], name: string, bits = 1): Port => ({ direction, name, bits });
  return [
    port('input', 'clk'), port('input', 'rst'),
    port('input', 's_axil_awaddr', 16), port('input', 's_axil_awvalid'), port('output', 's_axil_awready'),
    port('input', 's_axil_wdata', 32), port('input', 's_axil_wstrb', 4), port('input', 's_axil_wvalid'), port('output', 's_axil_wready'),
    port('output', 's_axil_bresp', 2), port('output', 's_axil_bvalid'), port('input', 's_axil_bready'),
    port('input', 's_axil_araddr', 16), port('input', 's_axil_arvalid'), port('output', 's_axil_arready'),
    port('output', 's_axil_rdata', 32), port('output', 's_axil_rresp', 2), port('output', 's_axil_rvalid'), port('input', 's_axil_rready'),
    port('output', 'm_axi_araddr', 32), port('output', 'm_axi_arlen', 8), port('output', 'm_axi_arsize', 3), port('output', 'm_axi_arburst', 2),
    port('output', 'm_axi_arvalid'), port('input', 'm_axi_arready'),
    port('input', 'm_axi_rdata', 8 * busBytes), port('input', 'm_axi_rresp', 2), port('input', 'm_axi_rlast'), port('input', 'm_axi_rvalid'), port('output', 'm_axi_rready'),
    port('output', 'm_axi_awaddr', 32), port('output', 'm_axi_awlen', 8), port('output', 'm_axi_awsize', 3), port('output', 'm_axi_awburst', 2),
    port('output', 'm_axi_awvalid'), port('input', 'm_axi_awready'),
    port('output', 'm_axi_wdata', 8 * busBytes), port('output', 'm_axi_wstrb', busBytes), port('output', 'm_axi_wlast'), port('output', 'm_axi_wvalid'), port('input', 'm_axi_wready'),
    port('input', 'm_axi_bresp', 2), port('input', 'm_axi_bvalid'), port('output', 'm_axi_bready'),
    port('output', 'irq'),
  ];
}

/** The bundle's top: module `accel_top`, `accel_shared` with this configuration and plain ports. */
export function topModule(configuration: AccelSharedConfiguration, layerCount: number): string {
  const declared = ports(configuration.busBytes).map(({ direction, name, bits }) => {
    const range = bits === 1 ? '' : ` [${bits - 1}:0]`;
    return direction === 'input' ? `  input  wire logic${range} ${name}` : `  output logic${range} ${name}`;
  });
  const parameters = topParameters(configuration, recordLayersFor(layerCount)).map(([name, value]) => `    .${name}(${value})`);
  return [
    '// The chip with its configuration. Written by the emitter.',
    '`default_nettype none',
    'module accel_top (',
    declared.join(',\n'),
    ');',
    '  accel_shared #(',
    parameters.join(',\n'),
    '  ) u_chip (.*);',
    'endmodule',
    '`default_nettype wire',
    '',
  ].join('\n');
}
