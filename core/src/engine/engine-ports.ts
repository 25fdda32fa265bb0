import type { EngineBuffer } from './engine-buffer.js';
import type { Engine } from './engine.js';
import { placeFields, usedBits } from './field-layout.js';
import { bufferAddressBits } from './task-fields.js';

/** A port of an engine's module, as protocol task-memory has it. */
export interface EnginePort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  readonly bits: number;
}

/** A name of the TypeScript side, as constants of SystemVerilog are written: `rowWords` is ROW_WORDS. */
export function constantName(words: string): string {
  return words.replace(/([A-Z])/g, '_$1').toUpperCase();
}

/** A name of the TypeScript side, as signals and ports are written: `partialSum` is partial_sum. */
export function signalName(words: string): string {
  return constantName(words).toLowerCase();
}

/**
 * Bits of a row at an engine's read port: the buffer's words side by side, for each copy. A buffer of no copies is read
 * as one of zeros.
 */
export function readPort(
  { banks, storedBits, copies = 1 }: EngineBuffer,
  wordBits: number,
): { readonly addresses: number; readonly dataBits: number; readonly keptBits: number } {
  const addresses = Math.max(1, copies);
  const keptBits = storedBits ?? wordBits;
  return { addresses, dataBits: addresses * banks * keptBits, keptBits };
}

/** Ports of a buffer at the engine: address, data, and for results the write strobe. */
export function bufferPorts(buffer: EngineBuffer, wordBits: number): readonly EnginePort[] {
  const name = signalName(buffer.id);
  if (buffer.role === 'result')
    return [
      { name: `${name}_write`, direction: 'output', bits: 1 },
      { name: `${name}_address`, direction: 'output', bits: bufferAddressBits },
      { name: `${name}_data`, direction: 'output', bits: wordBits },
    ];
  const { addresses, dataBits } = readPort(buffer, wordBits);
  return [
    { name: `${name}_address`, direction: 'output', bits: addresses * (buffer.addressBits ?? bufferAddressBits) },
    { name: `${name}_data`, direction: 'input', bits: dataBits },
  ];
}

/** All ports of an engine's module, with the widths that they have at its values. */
export function enginePorts({ fields, buffers }: Pick<Engine, 'fields' | 'buffers'>, wordBits: number): EnginePort[] {
  return [
    { name: 'clk', direction: 'input', bits: 1 },
    { name: 'rst', direction: 'input', bits: 1 },
    { name: 'head', direction: 'input', bits: usedBits(placeFields(fields, 0)) },
    { name: 'ready', direction: 'input', bits: 1 },
    { name: 'pop', direction: 'output', bits: 1 },
    { name: 'done', direction: 'output', bits: 1 },
    { name: 'busy', direction: 'output', bits: 1 },
    ...buffers.flatMap(buffer => bufferPorts(buffer, wordBits)),
  ];
}
