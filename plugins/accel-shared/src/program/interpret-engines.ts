import { roundHalfEven } from '@autodnnchip/core';

import type { ConvInstruction, LaneInstruction } from './instruction.js';
import { checkRange, readParameter, type ChipState } from './interpret-state.js';

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

function requantize(accumulator: number, bias: number, scale: number, zeroPoint: number): number {
  return roundHalfEven(Math.fround(Math.fround((accumulator + bias) | 0) * scale)) + zeroPoint;
}

/** One K-group of one tile on the conv engine. */
export function runConv(state: ChipState, task: ConvInstruction): void {
  const { channelBlock, outputParallelism } = state.configuration;
  const { activation, weight, convOutput, partialSum } = state;
  const parameters = new DataView(state.convParameter.buffer);
  const parameterStart = task.parameterBase * (8 / state.configuration.convRequantizeDivider) * channelBlock;
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
      let row = task.weightBase * rowBytes;
      for (let repeat = 0; repeat < task.repeat; repeat++) {
        for (let ky = 0; ky < task.kernelHeight; ky++) {
          const iy = oy * task.strideY + ky * task.dilationY - task.paddingY;
          for (let kx = 0; kx < task.kernelWidth; kx++) {
            const ix = ox * task.strideX + kx * task.dilationX - task.paddingX;
            const inside = iy >= 0 && iy < task.inputHeight && ix >= 0 && ix < task.inputWidth;
            for (let block = 0; block < task.blocks; block++, row += rowBytes) {
              const word = (task.activationBase + block * task.activationPlaneStride + iy * task.activationRowStride + ix) * channelBlock;
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
      checkRange(state.convParameter, parameterStart, outputParallelism * 8, 'parameters');
      for (let k = 0; k < outputParallelism; k++) {
        const { bias, scale } = readParameter(parameters, parameterStart + k * 8);
        const target = (task.outputBase + Math.floor(k / channelBlock) * task.outputPlaneStride + pixel) * channelBlock + (k % channelBlock);
        checkRange(convOutput, target, 1, 'conv output');
        convOutput[target] = clamp(requantize(accumulators[k] | 0, bias, scale, task.zeroPoint), task.low, task.high);
      }
    }
  }
}

function multiplyWord(accumulators: Float64Array, activation: Int8Array, word: number, weight: Int8Array, row: number, channelBlock: number): void {
  for (let k = 0; k < accumulators.length; k++) {
    let sum = 0;
    const from = row + k * channelBlock;
    for (let lane = 0; lane < channelBlock; lane++) sum += activation[word + lane] * weight[from + lane];
    accumulators[k] += sum;
  }
}

/** All groups of one tile on the lane engine. */
export function runLane(state: ChipState, task: LaneInstruction): void {
  const { channelBlock, laneBlocks } = state.configuration;
  const lanes = laneBlocks * channelBlock;
  const pixels = task.outputHeight * task.outputWidth;
  const accumulators = new Int32Array(lanes);
  for (let group = 0; group < task.groups; group++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      accumulateLanes(state, task, group, Math.floor(pixel / task.outputWidth), pixel % task.outputWidth, accumulators);
      for (let lane = 0; lane < lanes; lane++) {
        const block = group * laneBlocks + Math.floor(lane / channelBlock);
        const target = (task.outputBase + block * task.outputPlaneStride + pixel) * channelBlock + (lane % channelBlock);
        checkRange(state.laneOutput, target, 1, 'lane output');
        state.laneOutput[target] = clamp(laneResult(state, task, accumulators[lane], block * channelBlock + (lane % channelBlock)), task.low, task.high);
      }
    }
  }
}

function accumulateLanes(state: ChipState, task: LaneInstruction, group: number, oy: number, ox: number, accumulators: Int32Array): void {
  const { laneInput, laneWeight } = state;
  const lanes = accumulators.length;
  let weightRow = task.weightBase + group * task.kernelHeight * task.kernelWidth;
  let first = true;
  for (let ky = 0; ky < task.kernelHeight; ky++) {
    const iy = oy * task.strideY + ky * task.dilationY - task.paddingY;
    for (let kx = 0; kx < task.kernelWidth; kx++, weightRow++) {
      const ix = ox * task.strideX + kx * task.dilationX - task.paddingX;
      const inside = iy >= 0 && iy < task.inputHeight && ix >= 0 && ix < task.inputWidth;
      for (let operand = 0; operand < task.operands; operand++) {
        const row = task.inputBase + group * task.inputGroupStride + operand * task.operandStride + iy * task.inputRowStride + ix;
        if (inside) checkRange(laneInput, row * lanes, lanes, 'lane input');
        if (task.operation === 'multiply') checkRange(laneWeight, weightRow * lanes, lanes, 'lane weights');
        for (let lane = 0; lane < lanes; lane++) {
          const x = inside ? laneInput[row * lanes + lane] : task.paddingValue;
          const before = accumulators[lane];
          switch (task.operation) {
            case 'multiply': accumulators[lane] = (first ? 0 : before) + x * laneWeight[weightRow * lanes + lane]; break;
            case 'sum': accumulators[lane] = (first ? 0 : before) + x; break;
            case 'maximum': accumulators[lane] = first ? x : Math.max(before, x); break;
            case 'shift': accumulators[lane] = (first ? 0 : before * 256) + (x & 255); break;
          }
        }
        first = false;
      }
    }
  }
}

function laneResult(state: ChipState, task: LaneInstruction, accumulator: number, channel: number): number {
  const { channelBlock, laneRequantizeDivider } = state.configuration;
  switch (task.result) {
    case 'pass': return accumulator;
    case 'requantize': {
      const offset = task.parameterBase * (8 / laneRequantizeDivider) * channelBlock + channel * 8;
      checkRange(state.laneParameter, offset, 8, 'lane parameters');
      const { bias, scale } = readParameter(new DataView(state.laneParameter.buffer), offset);
      return requantize(accumulator, bias, scale, task.zeroPoint);
    }
    case 'table': {
      const a = (accumulator << 16) >> 24;
      const entry = new DataView(state.laneTable.buffer).getInt32((task.table * 256 + (accumulator & 255)) * channelBlock, true);
      return roundHalfEven((a * task.multiplier + entry) / 2 ** task.shift);
    }
  }
}
