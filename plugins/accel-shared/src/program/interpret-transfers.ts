import { checkRange, type MemoryBox } from '@autodnnchip/core/engine';

import type { ChipBuffer } from '../chip/chip.js';
import type { LoadInstruction, StoreInstruction } from './instruction.js';
import type { ChipState } from './interpret-state.js';

/** Moves a box of external memory into a buffer. */
export function runLoad(state: ChipState, task: LoadInstruction): void {
  const {
    chip,
    configuration: { channelBlock },
  } = state;
  if (task.target === chip.programTarget)
    return checkRange(state.memory, task.address, task.rowWords * channelBlock, 'program');
  const buffer = chip.loadBuffers[task.target];
  const bytes = bytesOf(state, buffer);
  if (buffer.bankOrder === 'planes') loadPlanes(state, task, bytes, buffer.banks);
  else loadWords(state, task, bytes, task.bufferBase * buffer.banks);
}

function bytesOf({ engines }: ChipState, { unit, id }: ChipBuffer): Int8Array {
  return engines[unit - 1][id];
}

/** Words one after another from word `first` on. */
function loadWords(
  { memory, configuration: { channelBlock } }: ChipState,
  box: MemoryBox,
  target: Int8Array,
  first: number,
): void {
  let to = first * channelBlock;
  forEachRow(box, address => {
    const bytes = box.rowWords * channelBlock;
    checkRange(memory, address, bytes, 'load address');
    checkRange(target, to, bytes, 'load target');
    target.set(memory.subarray(address, address + bytes), to);
    to += bytes;
  });
}

/** Planes to banks in turn. */
function loadPlanes(
  { memory, configuration: { channelBlock } }: ChipState,
  box: LoadInstruction,
  target: Int8Array,
  banks: number,
): void {
  const planeWords = box.rowWords * box.rowCount;
  forEachRow(box, (address, plane, row) => {
    checkRange(memory, address, box.rowWords * channelBlock, 'load address');
    for (let word = 0; word < box.rowWords; word++) {
      const bufferRow = box.bufferBase + Math.floor(plane / banks) * planeWords + row * box.rowWords + word;
      const to = (bufferRow * banks + (plane % banks)) * channelBlock;
      checkRange(target, to, channelBlock, 'load target');
      for (let lane = 0; lane < channelBlock; lane++) target[to + lane] = memory[address + word * channelBlock + lane];
    }
  });
}

/** Moves words of an output buffer into a box of external memory. */
export function runStore(state: ChipState, task: StoreInstruction): void {
  const {
    memory,
    chip,
    configuration: { channelBlock },
  } = state;
  const source = bytesOf(state, chip.storeBuffers[task.source]);
  const bytes = task.rowWords * channelBlock;
  let from = task.bufferBase * channelBlock;
  forEachRow(task, address => {
    checkRange(memory, address, bytes, 'store address');
    checkRange(source, from, bytes, 'store source');
    memory.set(source.subarray(from, from + bytes), address);
    from += bytes;
  });
}

function forEachRow(box: MemoryBox, visit: (address: number, plane: number, row: number) => void): void {
  for (let plane = 0; plane < box.planeCount; plane++) {
    for (let row = 0; row < box.rowCount; row++)
      visit(box.address + plane * box.planeStride + row * box.rowStride, plane, row);
  }
}
