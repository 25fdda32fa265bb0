import { mapMemory, type IpLookup, type Platform, type ResourceEstimate } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { ChipResources } from '../prediction/fine-prediction.js';

export function accelSharedResources(c: AccelSharedConfiguration, platform: Platform, ips: IpLookup): ChipResources {
  const word = 8 * c.channelBlock;
  const memories: [number, number, number][] = [
    [word, c.activationDepth, 1], [word, c.weightDepth, c.outputParallelism], [word, c.convParameterDepth, 8 / c.convRequantizeDivider],
    [32 * c.outputParallelism, c.partialSumDepth, 1], [word, c.convOutputDepth, 1], [word, c.laneInputDepth, c.laneBlocks],
    [word, c.laneWeightDepth, c.laneMultiply * c.laneBlocks], [word, c.laneParameterDepth, 8 / c.laneRequantizeDivider],
    [32, 512, c.channelBlock / c.laneRequantizeDivider], [word, c.laneOutputDepth, 1],
  ];
  const sramBytes = memories.reduce((sum, [width, depth, count]) => sum + (width * depth * count) / 8, 0);
  const family = platform.family;
  let bram = 0; let lut = 6000; let ff = 8000;
  if (family !== 'asic') {
    for (const [widthBits, depth, count] of memories) {
      const mapped = mapMemory({ widthBits, depth, style: 'auto', readDuringWrite: false }, family);
      bram += mapped.bram * count; lut += mapped.lut * count; ff += mapped.ff * count;
    }
  }
  const conv = ips('conv-adder-tree').resources({ ...c }, platform);
  const lane = ips('lane-engine').resources({ ...c }, platform);
  const total: ResourceEstimate = {
    multipliers: conv.multipliers + lane.multipliers, dsp: (conv.dsp ?? 0) + (lane.dsp ?? 0),
    lut: lut + (conv.lut ?? 0) + (lane.lut ?? 0), ff: ff + (conv.ff ?? 0) + (lane.ff ?? 0), bram, sramBytes,
  };
  return { total: family === 'asic' ? { multipliers: total.multipliers, sramBytes, areaSquareMillimetres: 1 } : total, blocks: [{ id: 'convEngine', resources: conv }, { id: 'laneEngine', resources: lane }] };
}
