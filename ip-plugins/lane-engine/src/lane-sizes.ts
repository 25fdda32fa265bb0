import { scaledDepth, type EngineValues, type SizeRequest } from '@autodnnchip/core/engine';

/** Blocks side by side and requantisation dividers: the first of each are the default. */
const blockCounts = [2, 4, 1];
const dividers = [2, 1, 4];

/** Sizes worth trying; lanes have multipliers where the network has depthwise convolutions. */
export function laneSizes({ bufferScale, depthwise }: SizeRequest): readonly EngineValues[] {
  const depths = {
    laneInputDepth: scaledDepth(2048, bufferScale),
    laneWeightDepth: scaledDepth(512, bufferScale),
    laneParameterDepth: scaledDepth(512, bufferScale),
    laneOutputDepth: scaledDepth(4096, bufferScale),
  };
  return blockCounts.flatMap(laneBlocks =>
    dividers.map(laneRequantizeDivider => ({
      laneBlocks,
      laneMultiply: depthwise ? 1 : 0,
      laneRequantizeDivider,
      ...depths,
    })),
  );
}
