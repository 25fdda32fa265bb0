import {
  checkRange,
  clamped,
  readBiasAndScale,
  requantized,
  wrappedAddress,
  type EngineMemories,
} from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import type { ConvTask } from './conv-task.js';

/** One K-group of one tile, to the bit: `conv_engine.sv` without its time. */
export function executeConv(task: ConvTask, memories: EngineMemories, configuration: ConvEngineValues): void {
  const { channelBlock, outputParallelism, convRequantizeDivider } = configuration;
  const { activation, weight, parameter, output } = memories;
  const partialSum = new Int32Array(memories['partialSum'].buffer);
  const parameters = new DataView(parameter.buffer);
  const parameterStart = task.parameterBase * (8 / convRequantizeDivider) * channelBlock;
  const steps = task.repeat * task.kernelHeight * task.kernelWidth * task.blocks;
  const rowBytes = outputParallelism * channelBlock;
  checkRange(weight, task.weightBase * rowBytes, steps * rowBytes, 'weights');
  const padding = new Int8Array(channelBlock).fill(task.paddingValue);
  const accumulators = new Float64Array(outputParallelism);
  let pixel = 0;
  for (let oy = 0; oy < task.outputHeight; oy++) {
    for (let ox = 0; ox < task.outputWidth; ox++, pixel++) {
      const sums = (task.partialSumBase + pixel) * outputParallelism;
      if (task.accumulateIn === 1) checkRange(partialSum, sums, outputParallelism, 'partial sums');
      for (let k = 0; k < outputParallelism; k++) accumulators[k] = task.accumulateIn === 1 ? partialSum[sums + k] : 0;
      const atPixel = task.startAddress + oy * task.outputRowStep + ox * task.strideX;
      let row = task.weightBase * rowBytes;
      for (let repeat = 0; repeat < task.repeat; repeat++) {
        for (let ky = 0; ky < task.kernelHeight; ky++) {
          const iy = task.startY + oy * task.strideY + ky * task.dilationY;
          for (let kx = 0; kx < task.kernelWidth; kx++) {
            const ix = task.startX + ox * task.strideX + kx * task.dilationX;
            const inside = iy >= 0 && iy < task.inputHeight && ix >= 0 && ix < task.inputWidth;
            for (let block = 0; block < task.blocks; block++, row += rowBytes) {
              const word =
                wrappedAddress(atPixel + ky * task.kernelRowStep + kx * task.dilationX + block * task.blockStep) *
                channelBlock;
              if (inside) checkRange(activation, word, channelBlock, 'activations');
              multiplyWord(accumulators, inside ? activation : padding, inside ? word : 0, weight, row, channelBlock);
            }
          }
        }
      }
      if (task.accumulateOut === 1) {
        checkRange(partialSum, sums, outputParallelism, 'partial sums');
        for (let k = 0; k < outputParallelism; k++) partialSum[sums + k] = accumulators[k];
        continue;
      }
      checkRange(parameter, parameterStart, outputParallelism * 8, 'parameters');
      for (let k = 0; k < outputParallelism; k++) {
        const { bias, scale } = readBiasAndScale(parameters, parameterStart + k * 8);
        const target =
          (task.outputBase + Math.floor(k / channelBlock) * task.outputPlaneStride + pixel) * channelBlock +
          (k % channelBlock);
        checkRange(output, target, 1, 'output');
        output[target] = clamped(requantized(accumulators[k] | 0, bias, scale, task.zeroPoint), task.low, task.high);
      }
    }
  }
}

function multiplyWord(
  accumulators: Float64Array,
  activation: Int8Array,
  word: number,
  weight: Int8Array,
  row: number,
  channelBlock: number,
): void {
  for (let k = 0; k < accumulators.length; k++) {
    let sum = 0;
    const from = row + k * channelBlock;
    for (let lane = 0; lane < channelBlock; lane++) sum += activation[word + lane] * weight[from + lane];
    accumulators[k] += sum;
  }
}
