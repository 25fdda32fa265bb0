import type { EngineRtl } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';

/** `ip-plugins/conv-adder-tree/rtl/conv_engine.sv` with its parameters. */
export function convRtl({
  channelBlock,
  outputParallelism,
  convRequantizeDivider,
  partialSumDepth,
}: ConvEngineValues): EngineRtl {
  return {
    module: 'conv_engine',
    parameters: {
      CHANNEL_BLOCK: channelBlock,
      OUTPUTS: outputParallelism,
      REQUANTIZE_DIVIDER: convRequantizeDivider,
      PARTIAL_SUM_DEPTH: partialSumDepth,
      PARTIAL_SUM_WIDTH: Math.max(1, Math.ceil(Math.log2(partialSumDepth))),
    },
  };
}
