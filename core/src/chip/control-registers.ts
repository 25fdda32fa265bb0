/** A register of a chip's AXI4-Lite port, 32 bits wide. */
export interface ControlRegister {
  readonly name: string;
  /** Byte address. */
  readonly address: number;
  readonly access: 'read' | 'write' | 'read and write';
  readonly meaning: string;
}

/** What ID reads in every chip: "ADCS" in ASCII. */
export const chipIdentity = 0x41444353;

/** Bits of CONTROL and STATUS. */
export const controlBits = { start: 0 } as const;
export const statusBits = { busy: 0, done: 1 } as const;

/**
 * Registers that every chip has. SystemVerilog (`rtl-templates/io/registers_pkg.sv`), the C header of drivers
 * (`sim/harness/control_registers.h`) and `docs/registers.md` are written from this table by `npm run docs`.
 */
export const controlRegisters = [
  { name: 'ID', address: 0x00, access: 'read', meaning: `reads ${hexadecimal(chipIdentity)}` },
  { name: 'CONTROL', address: 0x04, access: 'write', meaning: `bit ${controlBits.start} starts the program` },
  {
    name: 'STATUS',
    address: 0x08,
    access: 'read',
    meaning: `bit ${statusBits.busy} busy, bit ${statusBits.done} done`,
  },
  { name: 'PROGRAM_ADDRESS', address: 0x0c, access: 'read and write', meaning: 'byte address of the program' },
  { name: 'CYCLES', address: 0x10, access: 'read', meaning: 'cycles from start to done' },
] as const satisfies readonly ControlRegister[];

export type ControlRegisterName = (typeof controlRegisters)[number]['name'];

/** Live counters, a word each: busy, waiting for input, waiting for output of each unit. */
export const countersAddress = 0x20;

/** Record of layer 0: its cycle stamp, then the counters as they were at its end. */
export const recordsAddress = 0x1000;

/** Bytes of the register space. */
export const registerSpaceBytes = 0x10000;

/** Byte address of a register. */
export function registerAddress(name: ControlRegisterName): number {
  return controlRegisters.find(register => register.name === name)!.address;
}

/** As documents and headers write an address or a code. */
export function hexadecimal(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, '0')}`;
}
