import { scaledDepth, type EngineValues, type SizeRequest } from '@autodnnchip/core/engine';

/** Windows of most networks first; some have pools of 5 x 5. */
const windows = [3, 5, 2];
const lineDepth = 64;

/** Sizes worth trying, the default first. It needs no multipliers. */
export function poolSizes({ bufferScale }: SizeRequest): readonly EngineValues[] {
  return windows.map(poolWindow => ({
    poolWindow,
    poolLineDepth: lineDepth,
    poolInputDepth: scaledDepth(2048, bufferScale),
    poolOutputDepth: scaledDepth(1024, bufferScale),
  }));
}
