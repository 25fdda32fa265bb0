import { largestFlipFlopMemoryWords, memoryLibrary, type FpgaFamily, type RamPrimitive } from '@autodnnchip/core';
import type { PlacedField } from '@autodnnchip/core/engine';

import { chipOf, programBufferWords, type Chip } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import { addressBitsFor } from './memories.js';

/**
 * What holds the entries of queues (`rtl-templates/lib/fifo_sync.sv`), which are read in the cycle of their address.
 */
export interface QueueCells {
  /** LUTs that hold bits. */
  readonly lut: number;
  /** Flip-flops of queues of a single entry. */
  readonly ff: number;
}

/** Header fields that a unit does not read of its queue; the store unit reports layers. */
function unreadFields({ storeUnit }: Chip, unit: number): readonly string[] {
  return unit === storeUnit ? ['unit'] : ['unit', 'layerEnd', 'layer'];
}

/** Address bits of a field that are in use, or undefined for what is no buffer address. */
function usedAddressBits(
  chip: Chip,
  unit: number,
  field: PlacedField,
  c: AccelSharedConfiguration,
): number | undefined {
  if (field.name === 'bufferBase') return unit === chip.storeUnit ? storeAddressBits(c) : loadAddressBits(c);
  if (field.addresses === undefined) return undefined;
  const memory = [...chip.engineBuffers[unit - 1], ...chip.engineMemories[unit - 1]].find(
    ({ id }) => id === field.addresses,
  );
  if (memory === undefined) return undefined;
  return 'copies' in memory && memory.copies === 0 ? 0 : addressBitsFor(memory.depth);
}

/** Address bits of the largest buffer that the load unit fills. */
export function loadAddressBits(c: AccelSharedConfiguration): number {
  return addressBitsFor(
    chipOf(c).loadBuffers.reduce(
      (most, { depth, copies }) => (copies === 0 ? most : Math.max(most, depth)),
      programBufferWords(c),
    ),
  );
}

/** Address bits of the largest buffer that the store unit empties. */
export function storeAddressBits(c: AccelSharedConfiguration): number {
  return addressBitsFor(chipOf(c).storeBuffers.reduce((most, { depth }) => Math.max(most, depth), 1));
}

/** Bits `from` up to `to`, the latter excluded. */
type BitRange = readonly [from: number, to: number];

function instructionRanges(unit: number, c: AccelSharedConfiguration): BitRange[] {
  const chip = chipOf(c);
  const unread = unreadFields(chip, unit);
  return [...chip.format.header, ...chip.format.units[unit]]
    .filter(({ name }) => !unread.includes(name))
    .map(field => [
      field.leastSignificantBit,
      field.leastSignificantBit + Math.min(field.bits, usedAddressBits(chip, unit, field, c) ?? field.bits),
    ]);
}

/** A queue; primitives whose bits nobody reads are dropped. */
interface Queue {
  readonly read: readonly BitRange[];
  readonly depth: number;
}

function readBits({ read }: Queue): number {
  return read.reduce((sum, [from, to]) => sum + to - from, 0);
}

function fpgaCells(queue: Queue, family: FpgaFamily): QueueCells {
  // iCE40 has no LUTs that hold bits; elsewhere a single entry is cheaper in flip-flops.
  const primitive = cheapestPrimitive(queue.depth, family);
  if (primitive === undefined || queue.depth === 1) return { lut: 0, ff: readBits(queue) * queue.depth };
  const width = primitive.widths[0] ?? 1;
  const used = new Set<number>();
  for (const [from, to] of queue.read) for (let bit = from; bit < to; bit++) used.add(Math.floor(bit / width));
  return { lut: used.size * Math.ceil(queue.depth / 2 ** primitive.addressBits) * primitive.lut, ff: 0 };
}

/** The LUT memory that costs least for a depth. */
function cheapestPrimitive(depth: number, family: FpgaFamily): RamPrimitive | undefined {
  const costPerBit = ({ addressBits, widths, cost }: RamPrimitive): number =>
    (Math.ceil(depth / 2 ** addressBits) * cost) / (widths[0] ?? 1);
  return memoryLibrary[family]
    .filter(({ kind }) => kind === 'distributed')
    .sort((left, right) => costPerBit(left) - costPerBit(right))[0];
}

const wordQueueDepth = 8;
const burstQueue = { bits: 10, depth: 2 };
const answerQueue = { bits: 14, depth: 16 };

function chipQueues(c: AccelSharedConfiguration): readonly Queue[] {
  // A task of the load unit, from the low end: planes, words of a plane, place in the buffer, target.
  const planeBits = 16 + 24;
  const addressBits = 20;
  const targetBits = 3;
  return [
    ...chipOf(c).units.map((_, unit) => ({ read: instructionRanges(unit, c), depth: c.queueDepth })),
    {
      read: [
        [0, planeBits + loadAddressBits(c)],
        [planeBits + addressBits, planeBits + addressBits + targetBits],
      ],
      depth: c.outstandingReads + 2,
    },
    { read: [[0, burstQueue.bits]], depth: burstQueue.depth },
    { read: [[0, answerQueue.bits]], depth: answerQueue.depth },
    { read: [[0, 8 * c.channelBlock]], depth: wordQueueDepth },
  ];
}

/** What the queues of a chip depend on. */
function queueKey(c: AccelSharedConfiguration): string {
  const { engines, engineBuffers, engineMemories } = chipOf(c);
  const addresses = engines.flatMap(({ unit }, engine) => [
    unit,
    ...engineBuffers[engine].map(({ depth, copies }) => (copies === 0 ? 0 : addressBitsFor(depth))),
    ...engineMemories[engine].map(({ depth }) => addressBitsFor(depth)),
  ]);
  return `${c.queueDepth} ${c.outstandingReads} ${c.channelBlock} ${loadAddressBits(c)} ${addresses.join()}`;
}

/** What `workOut` gives of a chip's queues, once for chips with the same queues. */
function remembered<Result>(
  workOut: (queues: readonly Queue[]) => Result,
): (configuration: AccelSharedConfiguration) => Result {
  const known = new Map<string, Result>();
  return configuration => {
    const key = queueKey(configuration);
    let result = known.get(key);
    if (result === undefined) known.set(key, (result = workOut(chipQueues(configuration))));
    return result;
  };
}

const cellsByFamily = new Map<FpgaFamily, (configuration: AccelSharedConfiguration) => QueueCells>();

/** What a chip's queues of instructions, load tasks, bursts, answers and words take of an FPGA. */
export function queueCells(c: AccelSharedConfiguration, family: FpgaFamily): QueueCells {
  let cellsOf = cellsByFamily.get(family);
  if (cellsOf === undefined) {
    cellsOf = remembered(queues => {
      const counts = queues.map(queue => fpgaCells(queue, family));
      return { lut: counts.reduce((sum, { lut }) => sum + lut, 0), ff: counts.reduce((sum, { ff }) => sum + ff, 0) };
    });
    cellsByFamily.set(family, cellsOf);
  }
  return cellsOf(c);
}

/** Bits of a chip's queues that an ASIC holds in flip-flops, and in SRAM where a queue is deep. */
export const queueBits = remembered((queues): { readonly flipFlops: number; readonly sram: number } => {
  let flipFlops = 0;
  let sram = 0;
  for (const queue of queues) {
    const bits = readBits(queue) * queue.depth;
    if (queue.depth <= largestFlipFlopMemoryWords) flipFlops += bits;
    else sram += bits;
  }
  return { flipFlops, sram };
});
