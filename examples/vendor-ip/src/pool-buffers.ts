import type { EngineBuffer, PrivateMemory } from '@autodnnchip/core/engine';

import type { PoolValues } from './pool-values.js';

export function poolBuffers({ poolInputDepth, poolOutputDepth }: PoolValues): readonly EngineBuffer[] {
  return [
    { id: 'input', role: 'operand', depth: poolInputDepth, banks: 1, bankOrder: 'words' },
    { id: 'output', role: 'result', depth: poolOutputDepth, banks: 1, bankOrder: 'words' },
  ];
}

/** The line memory: results of the rows before, by column. */
export function poolMemories({ channelBlock, poolWindow, poolLineDepth }: PoolValues): readonly PrivateMemory[] {
  return [{ id: 'line', widthBits: 8 * channelBlock * (poolWindow - 1), depth: poolLineDepth }];
}
