import { bufferAddressBits, type EngineBuffer } from '@autodnnchip/core/engine';

import type { ChipBuffer } from '../chip/chip.js';
import { addressBitsFor } from '../cost/memories.js';
import { instance, signal, signalName, type Connection } from './system-verilog.js';
import { readPort, type TopLayout } from './top-layout.js';

/** An engine and the buffers that loads fill for it. */
export function topEngine(layout: TopLayout, unit: number): string[] {
  const { chip, unitName, wordBits } = layout;
  const { rtl, buffers } = chip.engines[unit - 1];
  const name = unitName(unit);
  const bufferPorts = buffers.flatMap((buffer): Connection[] => {
    const port = signalName(buffer.id);
    const ends = buffer.role === 'result' ? ['write', 'address', 'data'] : ['address', 'data'];
    return ends.map(end => [`${port}_${end}`, `${name}_${port}_${end}`]);
  });
  return [
    `  // Engine ${chip.units[unit].name}.`,
    ...buffers.flatMap(buffer => bufferSignals(`${name}_${signalName(buffer.id)}`, buffer, wordBits)),
    '',
    ...chip.loadBuffers.flatMap((buffer, target) => (buffer.unit === unit ? filledBuffer(layout, buffer, target) : [])),
    '',
    // The header stays with the queue: an engine's fields begin at bit 0.
    ...instance(rtl.module, `u_${name}`, rtl.parameters, [
      'clk',
      'rst',
      ['head', `${name}_head[instruction_pkg::HEADER_BITS +: ${rtl.module}_pkg::BITS]`],
      ['ready', `ready[${unit}]`],
      ['pop', `pop[${unit}]`],
      ['done', `done[${unit}]`],
      ['busy', `busy[${unit}]`],
      ...bufferPorts,
    ]),
  ];
}

function bufferSignals(name: string, buffer: EngineBuffer, wordBits: number): string[] {
  if (buffer.role === 'result')
    return [signal(`${name}_write`), signal(`${name}_address`, bufferAddressBits), signal(`${name}_data`, wordBits)];
  const { addresses, dataBits } = readPort(buffer, wordBits);
  return [
    signal(`${name}_address`, addresses * (buffer.addressBits ?? bufferAddressBits)),
    signal(`${name}_data`, dataBits),
  ];
}

function filledBuffer({ unitName, wordBits, bankBits }: TopLayout, buffer: ChipBuffer, target: number): string[] {
  const name = `${unitName(buffer.unit)}_${signalName(buffer.id)}`;
  const { keptBits } = readPort(buffer, wordBits);
  if (buffer.copies === 0) return [`  assign ${name}_data = '0; // this engine has none`];
  return instance(
    'banked_buffer',
    `u_${name}`,
    {
      WORD_BITS: wordBits,
      STORED_BITS: keptBits,
      BANKS: buffer.banks,
      COPIES: buffer.copies ?? 1,
      DEPTH: buffer.depth,
      BANK_WIDTH: bankBits,
      PORT_WIDTH: buffer.addressBits ?? bufferAddressBits,
      ADDRESS_WIDTH: addressBitsFor(buffer.depth),
    },
    [
      'clk',
      ['fill', `fill[${target}]`],
      'fill_bank',
      'fill_row',
      'fill_data',
      ['address', `${name}_address`],
      ['data', `${name}_data`],
    ],
  );
}
