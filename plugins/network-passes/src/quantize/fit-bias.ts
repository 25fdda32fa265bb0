import { dequantizeValue, outputRange, quantizeValue, roundHalfEven, type Tensor } from '@autodnnchip/core';
import type { ByteTensor } from './quantized-tensors.js';

/** Weights and bias of a layer whose accumulators stay within 32 bits. */
export interface FittedLayer {
  /** One scale, or one per output channel. */
  readonly weightScales: Float32Array;
  readonly weightZeroPoints: Int32Array;
  /** Undefined: the weights are as they were. */
  readonly weights: Int8Array | Uint8Array | undefined;
  readonly bias: Int32Array;
}

/** A channel that no weight scale fits, and why. */
export interface UnfitChannel {
  readonly channel: number;
  readonly reason: string;
}

/** Bits of a bias that float32 keeps: a bias alone in its channel is scaled to have as many. */
const biasLimit = 2 ** 24;
const accumulatorLimit = 2 ** 31;

/**
 * An int32 bias in units of the accumulator, `f32(xs * ws)` per channel. Where the bias, with all that the products may
 * add to it, leaves 32 bits, as it does in channels whose weights are tiny or zero, the channel's weight scale is
 * doubled until it fits, and its weights are rounded to the new scale. That is exact for weights of zero, whose channel
 * gives one value, and for what saturates anyway, and taken where the rounding moves no result by half a step of the
 * output.
 * @param biases real values, one per output channel
 */
export function fitBias(
  x: ByteTensor,
  weight: Tensor,
  biases: Float32Array,
  y: ByteTensor,
): FittedLayer | UnfitChannel {
  const channels = biases.length;
  const data = weight.data as Int8Array | Uint8Array | undefined;
  const quantization = weight.quantization ?? { scales: Float32Array.of(1), zeroPoints: Int32Array.of(0) };
  const entry = (channel: number): number => (quantization.scales.length === 1 ? 0 : channel);
  const layer: LayerScales = {
    inputScale: x.quantization.scales[0],
    largestInput: largestDifference(x),
    output: realRange(y),
    step: y.quantization.scales[0],
  };
  const scales = Float32Array.from({ length: channels }, (_, channel) => quantization.scales[entry(channel)]);
  const bias = new Int32Array(channels);
  let fitted: Int8Array | Uint8Array | undefined;
  for (let channel = 0; channel < channels; channel++) {
    const inner = data === undefined ? 0 : data.length / channels;
    const zeroPoint = quantization.zeroPoints[entry(channel)];
    const own = data?.subarray(channel * inner, (channel + 1) * inner) ?? new Int8Array();
    const shift = doublings(layer, scales[channel], own, zeroPoint, biases[channel]);
    if (typeof shift === 'string') return { channel, reason: shift };
    if (shift > 0 && data !== undefined) {
      fitted ??= data.slice();
      for (let index = 0; index < inner; index++)
        fitted[channel * inner + index] = zeroPoint + roundHalfEven((own[index] - zeroPoint) / 2 ** shift);
    }
    scales[channel] *= 2 ** shift;
    const real =
      shift > 0 && own.every(value => value === zeroPoint) ? nearestOutput(y, biases[channel]) : biases[channel];
    bias[channel] = roundHalfEven(real / Math.fround(layer.inputScale * scales[channel]));
  }
  if (fitted === undefined)
    return { weightScales: quantization.scales, weightZeroPoints: quantization.zeroPoints, weights: undefined, bias };
  const weightZeroPoints = Int32Array.from(
    { length: channels },
    (_, channel) => quantization.zeroPoints[entry(channel)],
  );
  return { weightScales: scales, weightZeroPoints, weights: fitted, bias };
}

interface LayerScales {
  readonly inputScale: number;
  /** Largest |x - zero point|. */
  readonly largestInput: number;
  /** Real values that the output can take. */
  readonly output: { readonly low: number; readonly high: number };
  readonly step: number;
}

/** How often a channel's weight scale is doubled; a sentence where no number of times does. */
function doublings(
  layer: LayerScales,
  weightScale: number,
  weights: ArrayLike<number>,
  zeroPoint: number,
  bias: number,
): number | string {
  if (!Number.isFinite(bias)) return `its bias is ${bias}`;
  const sum = sumOfDifferences(weights, zeroPoint, 0);
  const inUnits = (shift: number): number =>
    bias === 0 ? 0 : Math.abs(bias) / Math.fround(layer.inputScale * Math.fround(weightScale * 2 ** shift));
  if (inUnits(0) + sum * layer.largestInput < accumulatorLimit) return 0;
  if (!(sum * layer.largestInput < accumulatorLimit))
    return `its products alone, up to ${sum * layer.largestInput}, leave the accumulator's 32 bits`;
  const limit = sum === 0 ? biasLimit : accumulatorLimit;
  for (let shift = 1; shift < 300; shift++) {
    const scaled = sumOfDifferences(weights, zeroPoint, shift);
    if (!(inUnits(shift) + scaled * layer.largestInput < limit)) continue;
    const unit = layer.inputScale * weightScale * layer.largestInput;
    const error = roundingError(weights, zeroPoint, shift) * unit;
    const reach = sum * unit + error;
    const saturates = bias - reach >= layer.output.high || bias + reach <= layer.output.low;
    if (error < layer.step / 2 || saturates) return shift;
    return `its bias of ${bias} is ${Math.round(inUnits(0))} times the scale of its accumulator, which has 32 bits, and a larger weight scale would move results by up to ${(error / layer.step).toPrecision(2)} steps of the output`;
  }
  return `its bias of ${bias} is too large for any scale of its weights`;
}

function sumOfDifferences(weights: ArrayLike<number>, zeroPoint: number, shift: number): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++)
    sum += Math.abs(roundHalfEven((weights[index] - zeroPoint) / 2 ** shift));
  return sum;
}

/** Sum of what the weights of a channel change by, in units of their old scale. */
function roundingError(weights: ArrayLike<number>, zeroPoint: number, shift: number): number {
  const unit = 2 ** shift;
  let error = 0;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] - zeroPoint;
    error += Math.abs(weight - roundHalfEven(weight / unit) * unit);
  }
  return error;
}

function largestDifference({ elementType, quantization }: ByteTensor): number {
  const { low, high } = outputRange(elementType);
  const zeroPoint = quantization.zeroPoints[0];
  return Math.max(Math.abs(low - zeroPoint), Math.abs(high - zeroPoint));
}

/**
 * The real value that stands for a value after quantisation: next to a tie, the bias in units could fall on the other
 * side.
 */
function nearestOutput({ elementType, quantization }: ByteTensor, value: number): number {
  const [scale, zeroPoint] = [quantization.scales[0], quantization.zeroPoints[0]];
  return dequantizeValue(quantizeValue(value, scale, zeroPoint, outputRange(elementType)), scale, zeroPoint);
}

function realRange({ elementType, quantization }: ByteTensor): { low: number; high: number } {
  const { low, high } = outputRange(elementType);
  const [scale, zeroPoint] = [quantization.scales[0], quantization.zeroPoints[0]];
  return { low: dequantizeValue(low, scale, zeroPoint), high: dequantizeValue(high, scale, zeroPoint) };
}
