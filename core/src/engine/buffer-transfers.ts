import type { EngineBuffer } from './engine-buffer.js';
import type { MemoryBox } from './memory-box.js';
import { checkRange } from './memory-range.js';

/**
 * What a load does: a box of external memory to rows of a buffer, from row `base` on, in the buffer's order of banks.
 * Throws a RangeError where it leaves the memory or the buffer.
 */
export function fillBuffer(
  { banks, bankOrder }: Pick<EngineBuffer, 'banks' | 'bankOrder'>,
  target: Int8Array,
  base: number,
  memory: Int8Array,
  box: MemoryBox,
  wordBytes: number,
): void {
  if (bankOrder === 'planes') fillPlanes(banks, target, base, memory, box, wordBytes);
  else fillWords(target, base * banks * wordBytes, memory, box, wordBytes);
}

/** Words one after another from byte `first` on. */
function fillWords(target: Int8Array, first: number, memory: Int8Array, box: MemoryBox, wordBytes: number): void {
  const bytes = box.rowWords * wordBytes;
  let to = first;
  forEachRow(box, address => {
    checkRange(memory, address, bytes, 'load address');
    checkRange(target, to, bytes, 'load target');
    target.set(memory.subarray(address, address + bytes), to);
    to += bytes;
  });
}

/** Planes to banks in turn. */
function fillPlanes(
  banks: number,
  target: Int8Array,
  base: number,
  memory: Int8Array,
  box: MemoryBox,
  wordBytes: number,
): void {
  const planeWords = box.rowWords * box.rowCount;
  forEachRow(box, (address, plane, row) => {
    checkRange(memory, address, box.rowWords * wordBytes, 'load address');
    for (let word = 0; word < box.rowWords; word++) {
      const bufferRow = base + Math.floor(plane / banks) * planeWords + row * box.rowWords + word;
      const to = (bufferRow * banks + (plane % banks)) * wordBytes;
      checkRange(target, to, wordBytes, 'load target');
      for (let lane = 0; lane < wordBytes; lane++) target[to + lane] = memory[address + word * wordBytes + lane];
    }
  });
}

/**
 * What a store does: words of a result buffer, from word `base` on, to a box of external memory. Throws a RangeError as
 * `fillBuffer` does.
 */
export function emptyBuffer(
  source: Int8Array,
  base: number,
  memory: Int8Array,
  box: MemoryBox,
  wordBytes: number,
): void {
  const bytes = box.rowWords * wordBytes;
  let from = base * wordBytes;
  forEachRow(box, address => {
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
