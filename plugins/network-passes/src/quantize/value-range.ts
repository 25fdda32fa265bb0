import type { Quantization } from '@autodnnchip/core';
import { perTensor } from './quantization.js';

/** How ranges are taken from calibration values: all of them, or leaving out a share at both ends. */
export interface RangeRule {
  /** Share of values, in percent, that the range must cover; 100 covers every value. */
  readonly percentile: number;
}

/** Range of the values that a tensor takes over all calibration inputs, always with 0 in it. */
export class ValueRange {
  low = 0;
  high = 0;
  /** Counts of |value| in equal bins up to `#limit`, kept only for percentiles below 100. */
  #bins: Float64Array | undefined;
  #limit = 0;

  constructor(private readonly rule: RangeRule) {}

  /** Takes in the values of one run. */
  add(values: ArrayLike<number>): void {
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      if (value < this.low) this.low = value;
      else if (value > this.high) this.high = value;
    }
    if (this.rule.percentile < 100) this.#count(values);
  }

  /** int8 quantisation with real 0 on an integer: `scale = (high - low) / 255`. */
  quantization(): Quantization {
    const bound = this.#bound();
    const low = Math.max(this.low, -bound);
    const high = Math.min(this.high, bound);
    if (!(high > low) || !Number.isFinite(high - low)) return perTensor(1, 0);
    const scale = Math.fround((high - low) / 255);
    return perTensor(scale, Math.max(-128, Math.min(127, Math.round(-128 - low / scale))));
  }

  #count(values: ArrayLike<number>): void {
    const needed = Math.max(-this.low, this.high);
    if (needed === 0) return;
    this.#bins ??= new Float64Array(4096);
    if (this.#limit === 0) this.#limit = needed;
    while (this.#limit < needed) this.#double(this.#bins);
    const factor = this.#bins.length / this.#limit;
    for (let index = 0; index < values.length; index++)
      this.#bins[Math.min(this.#bins.length - 1, Math.floor(Math.abs(values[index]) * factor))]++;
  }

  /** Twice the limit: neighbouring bins become one. */
  #double(bins: Float64Array): void {
    const half = bins.length / 2;
    for (let bin = 0; bin < half; bin++) bins[bin] = bins[2 * bin] + bins[2 * bin + 1];
    bins.fill(0, half);
    this.#limit *= 2;
  }

  /** Smallest magnitude that covers the wanted share of values. */
  #bound(): number {
    if (this.#bins === undefined) return Infinity;
    const total = this.#bins.reduce((sum, count) => sum + count, 0);
    let covered = 0;
    for (let bin = 0; bin < this.#bins.length; bin++) {
      covered += this.#bins[bin];
      if (covered >= (total * this.rule.percentile) / 100) return ((bin + 1) * this.#limit) / this.#bins.length;
    }
    return Infinity;
  }
}
