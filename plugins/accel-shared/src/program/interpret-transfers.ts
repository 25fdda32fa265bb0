import { checkRange, emptyBuffer, fillBuffer } from '@autodnnchip/core/engine';

import type { ChipBuffer } from '../chip/chip.js';
import type { LoadInstruction, StoreInstruction } from './instruction.js';
import type { ChipState } from './interpret-state.js';

/** Moves a box of external memory into a buffer. */
export function runLoad(state: ChipState, task: LoadInstruction): void {
  const {
    chip,
    memory,
    configuration: { channelBlock },
  } = state;
  if (task.target === chip.programTarget)
    return checkRange(memory, task.address, task.rowWords * channelBlock, 'program');
  const buffer = chip.loadBuffers[task.target];
  fillBuffer(buffer, bytesOf(state, buffer), task.bufferBase, memory, task, channelBlock);
}

function bytesOf({ engines }: ChipState, { unit, id }: ChipBuffer): Int8Array {
  return engines[unit - 1][id];
}

/** Moves words of an output buffer into a box of external memory. */
export function runStore(state: ChipState, task: StoreInstruction): void {
  const { memory, chip, configuration } = state;
  const source = bytesOf(state, chip.storeBuffers[task.source]);
  emptyBuffer(source, task.bufferBase, memory, task, configuration.channelBlock);
}
