import { largestFlipFlopMemoryWords, memoryLibrary, type FpgaFamily, type RamPrimitive } from '@autodnnchip/core';

import { chipOf } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import { addressBitsFor } from './memories.js';

type Unit = 'load' | 'conv' | 'lane' | 'store';

/** What holds the entries of queues (`rtl-templates/lib/fifo_sync.sv`), which are read in the cycle of their address. */
export interface QueueCells {
  /** LUTs that hold bits. */
  readonly lut: number;
  /** Flip-flops of queues of a single entry. */
  readonly ff: number;
}

/** Fields of a queued instruction that its unit does not read. */
const unreadFields: Readonly<Record<Unit, readonly string[]>> = {
  load: ['unit', 'layerEnd', 'layer'],
  conv: ['unit', 'layerEnd', 'layer'],
  lane: ['unit', 'layerEnd', 'layer'],
  store: ['unit'],
};

/** Address bits of a field that are in use, or undefined for what is no buffer address. */
function usedAddressBits(unit: Unit, field: string, c: AccelSharedConfiguration): number | undefined {
  if (field === 'bufferBase') return unit === 'store' ? storeAddressBits(c) : loadAddressBits(c);
  switch (field) {
    case 'startAddress': case 'blockStep': case 'kernelRowStep': case 'outputRowStep': case 'groupStep':
      return addressBitsFor(unit === 'conv' ? c.activationDepth : c.laneInputDepth);
    case 'weightBase': return unit === 'conv' ? addressBitsFor(c.weightDepth) : c.laneMultiply === 0 ? 0 : addressBitsFor(c.laneWeightDepth);
    case 'parameterBase': return addressBitsFor(unit === 'conv' ? c.convParameterDepth : c.laneParameterDepth);
    case 'outputBase': case 'outputPlaneStride': return addressBitsFor(unit === 'conv' ? c.convOutputDepth : c.laneOutputDepth);
    case 'partialSumBase': return addressBitsFor(c.partialSumDepth);
    default: return undefined;
  }
}

/** Address bits of the largest buffer that the load unit fills. */
export function loadAddressBits(c: AccelSharedConfiguration): number {
  const laneWeightDepth = c.laneMultiply === 0 ? 0 : c.laneWeightDepth;
  return addressBitsFor(Math.max(
    c.activationDepth, c.weightDepth, c.convParameterDepth, c.laneInputDepth, laneWeightDepth, c.laneParameterDepth, 512,
    2 * c.programBlock * instructionWords(c),
  ));
}

/** Address bits of the larger output buffer. */
export function storeAddressBits(c: AccelSharedConfiguration): number {
  return addressBitsFor(Math.max(c.convOutputDepth, c.laneOutputDepth));
}

/** Bits `from` up to `to`, the latter excluded. */
type BitRange = readonly [from: number, to: number];

function instructionRanges(unit: Unit, c: AccelSharedConfiguration): BitRange[] {
  const { units, format } = chipOf(c);
  return [...format.header, ...format.units[units.findIndex(({ name }) => name === unit)]]
    .filter(({ name }) => !unreadFields[unit].includes(name))
    .map(({ name, leastSignificantBit, bits }) => [leastSignificantBit, leastSignificantBit + Math.min(bits, usedAddressBits(unit, name, c) ?? bits)]);
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
  const costPerBit = ({ addressBits, widths, cost }: RamPrimitive): number => Math.ceil(depth / 2 ** addressBits) * cost / (widths[0] ?? 1);
  return memoryLibrary[family].filter(({ kind }) => kind === 'distributed').sort((left, right) => costPerBit(left) - costPerBit(right))[0];
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
    ...(['load', 'conv', 'lane', 'store'] as const).map((unit) => ({ read: instructionRanges(unit, c), depth: c.queueDepth })),
    { read: [[0, planeBits + loadAddressBits(c)], [planeBits + addressBits, planeBits + addressBits + targetBits]], depth: c.outstandingReads + 2 },
    { read: [[0, burstQueue.bits]], depth: burstQueue.depth },
    { read: [[0, answerQueue.bits]], depth: answerQueue.depth },
    { read: [[0, 8 * c.channelBlock]], depth: wordQueueDepth },
  ];
}

const known = new Map<string, QueueCells>();

/** What a chip's queues of instructions, load tasks, bursts, answers and words take of an FPGA; remembered by what they depend on. */
export function queueCells(c: AccelSharedConfiguration, family: FpgaFamily): QueueCells {
  const addresses = [
    c.activationDepth, c.weightDepth, c.convParameterDepth, c.partialSumDepth, c.convOutputDepth, c.laneInputDepth,
    c.laneMultiply === 0 ? 0 : c.laneWeightDepth, c.laneParameterDepth, c.laneOutputDepth,
  ].map(addressBitsFor);
  const key = `${family} ${c.queueDepth} ${c.outstandingReads} ${c.channelBlock} ${loadAddressBits(c)} ${addresses.join()}`;
  let cells = known.get(key);
  if (cells === undefined) {
    const counts = chipQueues(c).map((queue) => fpgaCells(queue, family));
    known.set(key, cells = { lut: counts.reduce((sum, { lut }) => sum + lut, 0), ff: counts.reduce((sum, { ff }) => sum + ff, 0) });
  }
  return cells;
}

/** Bits of a chip's queues that an ASIC holds in flip-flops, and in SRAM where a queue is deep. */
export function queueBits(c: AccelSharedConfiguration): { readonly flipFlops: number; readonly sram: number } {
  let flipFlops = 0;
  let sram = 0;
  for (const queue of chipQueues(c)) {
    const bits = readBits(queue) * queue.depth;
    if (queue.depth <= largestFlipFlopMemoryWords) flipFlops += bits;
    else sram += bits;
  }
  return { flipFlops, sram };
}
