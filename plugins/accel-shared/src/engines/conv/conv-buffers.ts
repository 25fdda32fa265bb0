import type { EngineBuffer, PrivateMemory } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../../configuration.js';

export function convBuffers(c: AccelSharedConfiguration): readonly EngineBuffer[] {
  return [
    { id: 'activation', role: 'operand', depth: c.activationDepth, banks: 1, bankOrder: 'words' },
    { id: 'weight', role: 'constant', depth: c.weightDepth, banks: c.outputParallelism, bankOrder: 'words' },
    { id: 'parameter', role: 'constant', depth: c.convParameterDepth, banks: 8 / c.convRequantizeDivider, bankOrder: 'words' },
    { id: 'output', role: 'result', depth: c.convOutputDepth, banks: 1, bankOrder: 'words' },
  ];
}

export function convMemories({ outputParallelism, partialSumDepth }: AccelSharedConfiguration): readonly PrivateMemory[] {
  return [{ id: 'partialSum', widthBits: 32 * outputParallelism, depth: partialSumDepth }];
}
