import { ChipError } from '@autodnnchip/core';
import type { TensorView } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { LoweredNetwork } from '../lowering/index.js';
import type { MemoryPlan, MemoryRegion } from './schedule.js';

/** Where feature maps lie, and which of them lie on memory that others used before. */
export interface TensorPlan {
  readonly regions: readonly MemoryRegion[];
  /** For each tensor, those whose memory it takes over. */
  readonly freedBy: readonly (readonly number[])[];
  readonly end: number;
}

const addressLimit = 2 ** 32;

/** Every region starts at a multiple of this: whole words and whole bursts. */
export function memoryAlignment({ channelBlock, busBytes, burstBeats }: AccelSharedConfiguration): number {
  return leastCommonMultiple(channelBlock, busBytes * burstBeats);
}

export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

interface LifeSpan {
  first: number;
  last: number;
}

/**
 * Places feature maps from `start` on. They share memory where no layer has both alive; inputs keep theirs for the next
 * run, outputs until the program's end. Throws ADC3202 where they reach beyond all addresses. Large ones are placed
 * first, each at the lowest address that is free during its life.
 */
export function planTensors(
  lowered: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  start: number,
): TensorPlan {
  const alignment = memoryAlignment(configuration);
  const spans = lifeSpans(lowered);
  const sizes = lowered.tensors.map(({ blocks, height, width }) =>
    alignUp(blocks * height * width * configuration.channelBlock, alignment),
  );
  const order = lowered.tensors.map((_, index) => index).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const addresses = new Array<number>(lowered.tensors.length).fill(0);
  const placed: number[] = [];
  let end = start;
  for (const index of order) {
    const rivals = placed
      .filter(other => spans[other].first <= spans[index].last && spans[index].first <= spans[other].last)
      .sort((a, b) => addresses[a] - addresses[b]);
    let address = start;
    for (const rival of rivals) {
      if (addresses[rival] >= address + sizes[index]) break;
      address = Math.max(address, addresses[rival] + sizes[rival]);
    }
    addresses[index] = address;
    placed.push(index);
    end = Math.max(end, address + sizes[index]);
  }
  refuseBeyondAddresses(lowered, end);
  const freedBy = lowered.tensors.map((_, index) =>
    placed.filter(
      other =>
        other !== index &&
        spans[other].last < spans[index].first &&
        addresses[other] < addresses[index] + sizes[index] &&
        addresses[index] < addresses[other] + sizes[other],
    ),
  );
  const regions = lowered.tensors.map(({ name, blocks, height, width }, index) => ({
    name,
    address: addresses[index],
    bytes: blocks * height * width * configuration.channelBlock,
  }));
  return { regions, freedBy, end };
}

/** Before a program is made as well: that of a network this large would take long. */
function refuseBeyondAddresses({ name }: LoweredNetwork, totalBytes: number): void {
  if (totalBytes <= addressLimit) return;
  throw new ChipError(
    'ADC3202',
    `${name} needs ${totalBytes} bytes of external memory; the chip addresses ${addressLimit}.`,
    { hint: 'Use a smaller network or input.' },
  );
}

function lifeSpans(lowered: LoweredNetwork): LifeSpan[] {
  const spans = lowered.tensors.map(({ role }) => ({
    first: role === 'input' ? -1 : Infinity,
    last: role === 'intermediate' ? -1 : Infinity,
  }));
  for (const [index, { work }] of lowered.layers.entries()) {
    for (const view of [...work.inputs, work.output]) {
      const span = spans[view.tensor];
      span.first = Math.min(span.first, index);
      span.last = Math.max(span.last, index);
    }
  }
  return spans;
}

/** The whole plan, once the sizes of weights and program are known. */
export function completeMemoryPlan(
  lowered: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  tensors: readonly MemoryRegion[],
  weights: MemoryRegion,
  program: MemoryRegion,
): MemoryPlan {
  const end = Math.max(
    weights.address + weights.bytes,
    program.address + program.bytes,
    ...tensors.map(({ address, bytes }) => address + bytes),
  );
  const totalBytes = alignUp(end, memoryAlignment(configuration));
  refuseBeyondAddresses(lowered, totalBytes);
  const region = (name: string, view: TensorView): MemoryRegion => {
    const { height, width } = lowered.tensors[view.tensor];
    const planeBytes = height * width * configuration.channelBlock;
    return {
      name,
      address: tensors[view.tensor].address + view.blockBase * planeBytes,
      bytes: view.blocks * planeBytes,
    };
  };
  return {
    program,
    weights,
    tensors,
    totalBytes,
    inputs: lowered.inputs.map(({ name, view }) => region(name, view)),
    outputs: lowered.outputs.map(({ name, view }) => region(name, view)),
  };
}
