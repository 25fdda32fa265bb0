import type { EngineMemories } from './engine-buffer.js';
import type { Engine } from './engine.js';

/** Buffers and private memories of an engine with words of so many bytes; `fill` gives every byte's first value. */
export function createEngineMemories(
  { buffers, memories }: Pick<Engine, 'buffers' | 'memories'>,
  wordBytes: number,
  fill: () => number,
): EngineMemories {
  const filled = (length: number): Int8Array => {
    const bytes = new Int8Array(length);
    for (let index = 0; index < length; index++) bytes[index] = fill();
    return bytes;
  };
  return Object.fromEntries([
    ...buffers.map(({ id, depth, banks }) => [id, filled(depth * banks * wordBytes)] as const),
    ...memories.map(({ id, depth, widthBits }) => [id, filled((depth * widthBits) / 8)] as const),
  ]);
}
