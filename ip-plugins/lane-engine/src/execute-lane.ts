import { roundHalfEven } from '@autodnnchip/core';
import {
  checkRange,
  clamped,
  readBiasAndScale,
  requantized,
  wrappedAddress,
  type EngineMemories,
} from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';
import { laneOperationCodes, laneResultCodes, type LaneTask } from './lane-task.js';

const { multiply, sum, maximum } = laneOperationCodes;

/** All groups of one tile, to the bit: `lane_engine.sv` without its time. */
export function executeLane(task: LaneTask, memories: EngineMemories, configuration: LaneEngineValues): void {
  const { channelBlock, laneBlocks } = configuration;
  const { output } = memories;
  const lanes = laneBlocks * channelBlock;
  const pixels = task.outputHeight * task.outputWidth;
  const accumulators = new Int32Array(lanes);
  for (let group = 0; group < task.groups; group++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      accumulate(task, memories, group, Math.floor(pixel / task.outputWidth), pixel % task.outputWidth, accumulators);
      for (let lane = 0; lane < lanes; lane++) {
        const block = group * laneBlocks + Math.floor(lane / channelBlock);
        const target =
          (task.outputBase + block * task.outputPlaneStride + pixel) * channelBlock + (lane % channelBlock);
        checkRange(output, target, 1, 'output');
        output[target] = clamped(
          resultOf(task, memories, configuration, accumulators[lane], block * channelBlock + (lane % channelBlock)),
          task.low,
          task.high,
        );
      }
    }
  }
}

function accumulate(
  task: LaneTask,
  { input, weight }: EngineMemories,
  group: number,
  oy: number,
  ox: number,
  accumulators: Int32Array,
): void {
  const lanes = accumulators.length;
  const atPixel = task.startAddress + group * task.groupStep + oy * task.outputRowStep + ox * task.strideX;
  let weightRow = task.weightBase + group * task.kernelHeight * task.kernelWidth;
  let first = true;
  for (let ky = 0; ky < task.kernelHeight; ky++) {
    const iy = task.startY + oy * task.strideY + ky * task.dilationY;
    for (let kx = 0; kx < task.kernelWidth; kx++, weightRow++) {
      const ix = task.startX + ox * task.strideX + kx * task.dilationX;
      const inside = iy >= 0 && iy < task.inputHeight && ix >= 0 && ix < task.inputWidth;
      for (let operand = 0; operand < task.blocks; operand++) {
        const row = wrappedAddress(atPixel + ky * task.kernelRowStep + kx * task.dilationX + operand * task.blockStep);
        if (inside) checkRange(input, row * lanes, lanes, 'input');
        if (task.operation === multiply) checkRange(weight, weightRow * lanes, lanes, 'weights');
        for (let lane = 0; lane < lanes; lane++) {
          const x = inside ? input[row * lanes + lane] : task.paddingValue;
          const before = accumulators[lane];
          switch (task.operation) {
            case multiply:
              accumulators[lane] = (first ? 0 : before) + x * weight[weightRow * lanes + lane];
              break;
            case sum:
              accumulators[lane] = (first ? 0 : before) + x;
              break;
            case maximum:
              accumulators[lane] = first ? x : Math.max(before, x);
              break;
            default:
              accumulators[lane] = (first ? 0 : before * 256) + (x & 255);
              break;
          }
        }
        first = false;
      }
    }
  }
}

function resultOf(
  task: LaneTask,
  memories: EngineMemories,
  { channelBlock, laneRequantizeDivider }: LaneEngineValues,
  accumulator: number,
  channel: number,
): number {
  switch (task.result) {
    case laneResultCodes.pass:
      return accumulator;
    case laneResultCodes.requantize: {
      const { parameter } = memories;
      const offset = task.parameterBase * (8 / laneRequantizeDivider) * channelBlock + channel * 8;
      checkRange(parameter, offset, 8, 'parameters');
      const { bias, scale } = readBiasAndScale(new DataView(parameter.buffer), offset);
      return requantized(accumulator, bias, scale, task.zeroPoint);
    }
    default: {
      const a = (accumulator << 16) >> 24;
      const entry = new DataView(memories['table'].buffer).getInt32(
        (task.table * 256 + (accumulator & 255)) * channelBlock,
        true,
      );
      return roundHalfEven((a * task.multiplier + entry) / 2 ** task.shift);
    }
  }
}
