import type { EngineRtl } from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';

/** `ip-plugins/lane-engine/rtl/lane_engine.sv` with its parameters. */
export function laneRtl({
  channelBlock,
  laneBlocks,
  laneMultiply,
  laneRequantizeDivider,
}: LaneEngineValues): EngineRtl {
  return {
    module: 'lane_engine',
    parameters: {
      CHANNEL_BLOCK: channelBlock,
      LANE_BLOCKS: laneBlocks,
      MULTIPLY: laneMultiply,
      REQUANTIZE_DIVIDER: laneRequantizeDivider,
    },
  };
}
