import { asicArea, mapMemory, type FpgaFamily, type Platform, type ResourceEstimate } from '@autodnnchip/core';

import { poolMemories } from './pool-buffers.js';
import type { PoolValues } from './pool-values.js';

/**
 * LUTs of the engine without its line memory: a base, and for each byte of a word a part of its own and one for each
 * position of a window beyond the first. Fitted on seven runs of Yosys 0.23 for each family, words of 4 to 16 bytes and
 * windows of 2 to 8: within 23 % of each.
 */
const lutCoefficients = {
  ecp5: { base: 520, ofByte: 45, ofTap: 105 },
  xcup: { base: 250, ofByte: 40, ofTap: 48 },
} as const;

/** Loop counters, fields of a task, control: registers without those of words. */
const controlFlipFlops = 274;
/** Flags that wait for a position's bytes carry its place in the line. */
const flipFlopsOfLineBit = 5;

/** Resources of an instance, without the buffers that the chassis makes. */
export function poolResources(values: PoolValues, platform: Platform): ResourceEstimate {
  const { channelBlock, poolWindow, poolLineDepth } = values;
  const lineBits = Math.max(1, Math.ceil(Math.log2(poolLineDepth)));
  // Taps, the row's greatest, the line that was written last, the window's greatest, the wrapper's result.
  const ff = controlFlipFlops + flipFlopsOfLineBit * lineBits + 8 * channelBlock * (2 * poolWindow + 2);
  const [{ widthBits, depth }] = poolMemories(values);
  if (platform.family === 'asic') {
    const content = { multipliers8Bit: 0, lut: lutsOf(values, 'xcup'), ff, sramBits: widthBits * depth };
    return {
      lut: Math.round(content.lut),
      ff,
      multipliers: 0,
      sramBytes: content.sramBits / 8,
      areaSquareMillimetres: asicArea(content, platform.technology).total,
    };
  }
  const line = mapMemory({ widthBits, depth, style: 'auto', readDuringWrite: false }, platform.family);
  return {
    lut: Math.round(lutsOf(values, platform.family)) + line.lut,
    ff: ff + line.ff,
    dsp: 0,
    bram: line.bram,
    multipliers: 0,
  };
}

function lutsOf({ channelBlock, poolWindow }: PoolValues, family: FpgaFamily): number {
  const { base, ofByte, ofTap } = lutCoefficients[family === 'xcup' ? 'xcup' : 'ecp5'];
  return base + channelBlock * (ofByte + ofTap * (poolWindow - 1));
}
