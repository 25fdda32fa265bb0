import { ChipError, type ModulePort, type ShellSource } from '@autodnnchip/core';

const shellTop = 'place_and_route_shell';

/**
 * A module of three pins around a design that has more ports than any package has pins: a shift register drives all
 * inputs, and a chain of registers takes up all outputs, so that nothing of the design is dropped. Every port of the
 * design sees a register, as it would beside other logic of the device; the shell's own paths have one LUT at most.
 */
export function placementShell(
  top: string,
  ports: readonly ModulePort[],
  parameters: Readonly<Record<string, number>> = {},
): ShellSource {
  const clock = ports.find(({ name, direction, bits }) => name === 'clk' && direction === 'input' && bits === 1);
  const twoWay = ports.find(({ direction }) => direction === 'inout');
  if (clock === undefined || twoWay !== undefined) {
    throw new ChipError(
      'ADC4012',
      clock === undefined ? `${top} has no input clk of one bit` : `${top} has a two-way port, ${twoWay?.name}`,
      {
        location: { node: top },
        hint: 'Place and route needs a design with one clock, clk, and only inputs and outputs.',
      },
    );
  }
  const connections: string[] = ['.clk(clk)'];
  const bits = { input: 0, output: 0 };
  for (const { direction, name, bits: width } of ports) {
    if (name === 'clk' || direction === 'inout') continue;
    connections.push(`.${name}(${direction === 'input' ? 'driven' : 'observed'}[${bits[direction]} +: ${width}])`);
    bits[direction] += width;
  }
  const { input, output } = bits;
  if (input === 0 || output === 0) {
    throw new ChipError('ADC4012', `${top} has no ${input === 0 ? 'input beside its clock' : 'output'}`, {
      location: { node: top },
      hint: 'Give a design that does something.',
    });
  }
  const values = Object.entries(parameters)
    .map(([name, value]) => `.${name}(${value})`)
    .join(', ');
  const text = [
    `module ${shellTop} (input wire logic clk, input wire logic scan_in, output logic scan_out);`,
    `  logic [${input - 1}:0] driven;`,
    `  logic [${output - 1}:0] observed;`,
    `  logic [${output - 1}:0] captured;`,
    `  logic [${output - 1}:0] chain;`,
    '  logic scan_q;',
    `  ${top}${values === '' ? '' : ` #(${values})`} u_core (`,
    connections.map(connection => `    ${connection}`).join(',\n'),
    '  );',
    '  always_ff @(posedge clk) begin',
    '    scan_q   <= scan_in;',
    `    driven   <= ${input}'({driven, scan_q});`,
    '    captured <= observed;',
    `    chain    <= ${output}'({chain, 1'b0}) ^ captured;`,
    `    scan_out <= chain[${output - 1}];`,
    '  end',
    'endmodule',
    '',
  ].join('\n');
  return { top: shellTop, text };
}
