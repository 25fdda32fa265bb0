import type { EngineBuffer, PrivateMemory } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';

export function convBuffers(c: ConvEngineValues): readonly EngineBuffer[] {
  return [
    { id: 'activation', role: 'operand', depth: c.activationDepth, banks: 1, bankOrder: 'words' },
    {
      id: 'weight',
      role: 'constant',
      depth: c.weightDepth,
      banks: c.outputParallelism,
      bankOrder: 'words',
      // Weights wait one cycle in the multipliers.
      outputs: { bits: 8 * c.channelBlock * c.outputParallelism, registers: 1, isShiftRegister: false },
    },
    {
      id: 'parameter',
      role: 'constant',
      depth: c.convParameterDepth,
      banks: 8 / c.convRequantizeDivider,
      bankOrder: 'words',
      // Scales wait five cycles in the requantisers, which do not look at their signs.
      outputs: {
        bits: (31 * c.channelBlock) / c.convRequantizeDivider,
        registers: 5,
        isShiftRegister: true,
        unreadBits: c.channelBlock / c.convRequantizeDivider,
      },
    },
    { id: 'output', role: 'result', depth: c.convOutputDepth, banks: 1, bankOrder: 'words' },
  ];
}

export function convMemories({ outputParallelism, partialSumDepth }: ConvEngineValues): readonly PrivateMemory[] {
  return [{ id: 'partialSum', widthBits: 32 * outputParallelism, depth: partialSumDepth }];
}
