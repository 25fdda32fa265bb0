import { bufferAddressBits, bufferPorts, readPort, signalName } from '@autodnnchip/core/engine';

import type { ChipBuffer } from '../chip/chip.js';
import { addressBitsFor } from '../cost/memories.js';
import { instance, signal, type Connection } from './system-verilog.js';
import type { TopLayout } from './top-layout.js';

/** An engine and the buffers that loads fill for it. */
export function topEngine(layout: TopLayout, unit: number): string[] {
  const { chip, unitName, wordBits } = layout;
  const { rtl, buffers } = chip.engines[unit - 1];
  const name = unitName(unit);
  const ports = buffers.flatMap(buffer => bufferPorts(buffer, wordBits));
  return [
    `  // Engine ${chip.units[unit].name}.`,
    ...ports.map(port => signal(`${name}_${port.name}`, port.bits)),
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
      ...ports.map((port): Connection => [port.name, `${name}_${port.name}`]),
    ]),
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
