import type { EngineBuffer } from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';

/** Rows of a slot of the table, of which there are two. */
export const laneTableRows = 256;

export function laneBuffers(c: LaneEngineValues): readonly EngineBuffer[] {
  return [
    { id: 'input', role: 'operand', depth: c.laneInputDepth, banks: c.laneBlocks, bankOrder: 'planes' },
    {
      id: 'weight',
      role: 'constant',
      depth: c.laneWeightDepth,
      banks: c.laneBlocks,
      bankOrder: 'planes',
      copies: c.laneMultiply,
    },
    {
      id: 'parameter',
      role: 'constant',
      depth: c.laneParameterDepth,
      banks: 8 / c.laneRequantizeDivider,
      bankOrder: 'words',
      // Scales wait five cycles in the requantisers, which do not look at their signs.
      outputs: {
        bits: (31 * c.channelBlock) / c.laneRequantizeDivider,
        registers: 5,
        isShiftRegister: true,
        unreadBits: c.channelBlock / c.laneRequantizeDivider,
      },
    },
    {
      id: 'table',
      role: 'constant',
      depth: 2 * laneTableRows,
      banks: 1,
      bankOrder: 'words',
      storedBits: 32,
      copies: c.channelBlock / c.laneRequantizeDivider,
      addressBits: 9,
      // Entries wait two cycles in the table adders.
      outputs: { bits: (32 * c.channelBlock) / c.laneRequantizeDivider, registers: 2, isShiftRegister: false },
    },
    { id: 'output', role: 'result', depth: c.laneOutputDepth, banks: 1, bankOrder: 'words' },
  ];
}
