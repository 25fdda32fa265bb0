import { scaledDepth, type EngineValues, type SizeRequest } from '@autodnnchip/core/engine';

/** Output channels per cycle in words, and requantisation dividers: the first of each are the default. */
const wordFactors = [1, 2, 3, 4];
const dividers = [2, 1, 4];

/** Sizes worth trying: as many outputs as inputs a cycle, and up to four times as many. */
export function convSizes({ chassis: { channelBlock }, bufferScale }: SizeRequest): readonly EngineValues[] {
  const depths = {
    activationDepth: scaledDepth(8192, bufferScale),
    weightDepth: scaledDepth(1024, bufferScale),
    convParameterDepth: scaledDepth(512, bufferScale),
    partialSumDepth: 64,
    convOutputDepth: scaledDepth(4096, bufferScale),
  };
  return wordFactors.flatMap(factor =>
    dividers.map(convRequantizeDivider => ({
      outputParallelism: channelBlock * factor,
      convRequantizeDivider,
      ...depths,
    })),
  );
}
