import { getHeapStatistics } from 'node:v8';

import { ChipError } from '@autodnnchip/core';

import type { LoweredNetwork } from '../lowering/index.js';

/**
 * What an instruction takes of the heap at most while a search holds its best program and makes and runs another one.
 */
const bytesPerInstruction = 1152;
/** Of the heap, for everything else. */
const otherBytes = 128 * 2 ** 20;

/** Instructions of a program that the heap of this process has room for. Chips have no such limit. */
export function mostInstructions(): number {
  return Math.max(0, Math.floor((getHeapStatistics().heap_size_limit - otherBytes) / bytesPerInstruction));
}

/** Refuses, with ADC3205, programs of `count` instructions where the heap has no room for them. */
export function refuseTooLong({ name }: LoweredNetwork, count: number, most: number): void {
  if (count <= most) return;
  throw new ChipError(
    'ADC3205',
    `The program of ${name} takes ${count} instructions at least; the memory of this process has room for ${most}.`,
    {
      hint: `Give Node.js more (NODE_OPTIONS=--max-old-space-size=${Math.ceil((count * bytesPerInstruction + otherBytes) / 2 ** 20)}, in MB), choose a chip with larger buffers or a smaller network.`,
    },
  );
}
