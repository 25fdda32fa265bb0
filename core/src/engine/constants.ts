import { convolutionScale } from '../data/index.js';
import type { Requantization, WeightSource } from './work.js';

/** Weights minus zero point, of any source. */
export class WeightReader {
  private readonly data: ArrayLike<number> | undefined;
  readonly taps: number;
  readonly perChannel: number;

  constructor(readonly source: WeightSource) {
    this.data = source.data as ArrayLike<number> | undefined;
    this.taps = source.kernelHeight * source.kernelWidth;
    this.perChannel = source.channels * this.taps;
  }

  zeroPoint(outputChannel: number): number {
    const { zeroPoints } = this.source;
    return zeroPoints.length === 1 ? zeroPoints[0] : zeroPoints[outputChannel];
  }

  /** `offset` counts from the output channel's first weight. */
  at(outputChannel: number, offset: number): number {
    return this.data === undefined
      ? 1
      : this.data[outputChannel * this.perChannel + offset] - this.zeroPoint(outputChannel);
  }

  sum(outputChannel: number): number {
    if (this.data === undefined) return this.perChannel;
    const base = outputChannel * this.perChannel;
    let sum = 0;
    for (let offset = 0; offset < this.perChannel; offset++) sum += this.data[base + offset];
    return sum - this.perChannel * this.zeroPoint(outputChannel);
  }
}

/** Part `index` of a weight that is a sum of int8 values: each takes as much as it can. */
export function weightPart(weight: number, index: number): number {
  let rest = weight;
  for (let part = 0; ; part++) {
    const value = Math.min(127, Math.max(-128, rest));
    if (part === index) return value;
    rest -= value;
  }
}

/**
 * Bias (int32) and scale (float32) of the physical output channels [first, first + channels), eight bytes each; of
 * those that are none, any values.
 */
export function writeBiasesAndScales(
  image: Uint8Array,
  start: number,
  channelMap: Int32Array,
  first: number,
  channels: number,
  reader: WeightReader | undefined,
  requantization: Requantization,
): void {
  const view = new DataView(image.buffer);
  for (let index = 0; index < channels; index++) {
    const channel = first + index < channelMap.length ? channelMap[first + index] : -1;
    const { bias, scale } = channel < 0 ? { bias: 0, scale: 1 } : channelParameters(channel, reader, requantization);
    view.setInt32(start + index * 8, bias, true);
    view.setFloat32(start + index * 8 + 4, scale, true);
  }
}

function channelParameters(
  channel: number,
  reader: WeightReader | undefined,
  requantization: Requantization,
): { bias: number; scale: number } {
  if (requantization.kind === 'constant') return requantization;
  const { bias, inputZeroPoint, inputScale, weightScales, outputScale } = requantization;
  const sum = inputZeroPoint === 0 || reader === undefined ? 0 : reader.sum(channel);
  return {
    bias: (bias === undefined ? 0 : Number(bias[channel])) - inputZeroPoint * sum,
    scale: convolutionScale(inputScale, weightScales[weightScales.length === 1 ? 0 : channel], outputScale),
  };
}
