import type { LoadInstruction, MemoryBox, StoreInstruction } from './instruction.js';
import { checkRange, type ChipState } from './interpret-state.js';

/** Moves a box of external memory into a buffer. */
export function runLoad(state: ChipState, task: LoadInstruction): void {
  const { channelBlock, outputParallelism, laneBlocks, convRequantizeDivider, laneRequantizeDivider } = state.configuration;
  switch (task.target) {
    case 'program': checkRange(state.memory, task.address, task.rowWords * channelBlock, 'program'); break;
    case 'activation': loadWords(state, task, state.activation, task.bufferBase); break;
    case 'weight': loadWords(state, task, state.weight, task.bufferBase * outputParallelism); break;
    case 'convParameter': loadWords(state, task, state.convParameter, task.bufferBase * (8 / convRequantizeDivider)); break;
    case 'laneParameter': loadWords(state, task, state.laneParameter, task.bufferBase * (8 / laneRequantizeDivider)); break;
    case 'laneTable': loadWords(state, task, state.laneTable, task.bufferBase); break;
    case 'laneInput': loadPlanes(state, task, state.laneInput, laneBlocks); break;
    case 'laneWeight': loadPlanes(state, task, state.laneWeight, laneBlocks); break;
  }
}

/** Words one after another from word `first` on. */
function loadWords({ memory, configuration: { channelBlock } }: ChipState, box: MemoryBox, target: Int8Array, first: number): void {
  let to = first * channelBlock;
  forEachRow(box, (address) => {
    const bytes = box.rowWords * channelBlock;
    checkRange(memory, address, bytes, 'load address');
    checkRange(target, to, bytes, 'load target');
    target.set(memory.subarray(address, address + bytes), to);
    to += bytes;
  });
}

/** Planes to banks in turn. */
function loadPlanes({ memory, configuration: { channelBlock } }: ChipState, box: LoadInstruction, target: Int8Array, banks: number): void {
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
export function runStore({ memory, convOutput, laneOutput, configuration: { channelBlock } }: ChipState, task: StoreInstruction): void {
  const source = task.source === 'conv' ? convOutput : laneOutput;
  const bytes = task.rowWords * channelBlock;
  let from = task.bufferBase * channelBlock;
  forEachRow(task, (address) => {
    checkRange(memory, address, bytes, 'store address');
    checkRange(source, from, bytes, 'store source');
    memory.set(source.subarray(from, from + bytes), address);
    from += bytes;
  });
}

function forEachRow(box: MemoryBox, visit: (address: number, plane: number, row: number) => void): void {
  for (let plane = 0; plane < box.planeCount; plane++) {
    for (let row = 0; row < box.rowCount; row++) visit(box.address + plane * box.planeStride + row * box.rowStride, plane, row);
  }
}
