import {
  chipIdentity,
  controlBits,
  controlRegisters,
  countersAddress,
  hexadecimal,
  recordsAddress,
  registerSpaceBytes,
  statusBits,
} from '@autodnnchip/core';

const origin = 'Written from `core/src/chip/control-registers.ts` by `npm run docs`.';

/** Constants that the package and the header have in common: name, value, width in bits. */
const constants: readonly (readonly [name: string, value: number, widthBits: number])[] = [
  ...controlRegisters.map(({ name, address }) => [name, address, 16] as const),
  ['COUNTERS', countersAddress, 16],
  ['RECORDS', recordsAddress, 16],
  ['SPACE_BYTES', registerSpaceBytes, 32],
  ['IDENTITY', chipIdentity, 32],
];

const bits: readonly (readonly [name: string, bit: number])[] = [
  ...Object.entries(controlBits).map(([name, bit]) => [`CONTROL_${name.toUpperCase()}`, bit] as const),
  ...Object.entries(statusBits).map(([name, bit]) => [`STATUS_${name.toUpperCase()}`, bit] as const),
];

/** The register map as SystemVerilog, C and a document, by path in the repository. */
export function controlRegisterFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['rtl-templates/io/registers_pkg.sv', systemVerilogPackage('registers_pkg')],
    // Of its own: a chip that another chassis made has no package of ours.
    ['sim/harness/icarus_registers.sv', systemVerilogPackage('icarus_registers')],
    ['sim/harness/control_registers.h', driverHeader()],
    ['docs/registers.md', document()],
  ]);
}

function systemVerilogPackage(name: string): string {
  return [
    '// Byte addresses of the control registers, bits and codes.',
    `// ${origin}`,
    '/* verilator lint_off UNUSEDPARAM */ // a reader takes only what concerns it',
    `package ${name};`,
    ...constants.map(
      ([name, value, width]) =>
        `  localparam logic [${width - 1}:0] ${name} = ${width}'h${value.toString(16).toUpperCase()};`,
    ),
    ...bits.map(([name, bit]) => `  localparam int ${name}_BIT = ${bit};`),
    'endpackage',
    '/* verilator lint_on UNUSEDPARAM */',
    '',
  ].join('\n');
}

function driverHeader(): string {
  return [
    '/* Control registers of a chip, for drivers in C and C++.',
    `   ${origin} */`,
    '#ifndef AUTODNNCHIP_CONTROL_REGISTERS_H',
    '#define AUTODNNCHIP_CONTROL_REGISTERS_H',
    '',
    ...constants.map(([name, value]) => `#define ADC_${name} ${hexadecimal(value)}u`),
    ...bits.map(([name, bit]) => `#define ADC_${name} (1u << ${bit})`),
    '',
    '#endif',
    '',
  ].join('\n');
}

function document(): string {
  const rows = controlRegisters.map(
    ({ name, address, access, meaning }) => `| ${name} | ${hexadecimal(address)} | ${access} | ${meaning} |`,
  );
  return `# Control registers

${origin}

Every chip has an AXI4-Lite port with registers of 32 bits. A driver writes PROGRAM_ADDRESS, then CONTROL, and waits for \`irq\` or for the
done bit of STATUS. Bundles carry the same as a C header, \`sim/control_registers.h\`.

| register | address | access | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
| counters | from ${hexadecimal(countersAddress)} | read | busy, waiting for input, waiting for output of each unit: \`registers.liveCounters\` words in the manifest |
| records | from ${hexadecimal(recordsAddress)} | read | for each layer: cycle stamp, the same counters, zeros up to \`registers.recordWords\` of the manifest, a power of two |

The register space has ${hexadecimal(registerSpaceBytes)} bytes. A record is written in four cycles, a quarter each, whatever its size.
`;
}
