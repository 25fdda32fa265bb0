import { elementCount, type ElementType, type TensorData } from '@autodnnchip/core';
import { roundToHalf } from './half-float.js';
import { allocate } from './data-types.js';

/** Element type and shape of a tensor. */
export interface TensorType {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
}

/** A tensor whose values the model fixes. They are read or computed when first asked for. */
export class Constant implements TensorType {
  private supply: (() => TensorData | undefined) | undefined;
  private values: TensorData | undefined;

  /**
   * `supply` gives undefined when the model came without these values; `halfBytes`: they were 4 bits wide in the file.
   */
  constructor(
    readonly elementType: ElementType,
    readonly shape: readonly number[],
    supply: () => TensorData | undefined,
    readonly halfBytes = false,
  ) {
    this.supply = supply;
  }

  get size(): number {
    return elementCount(this.shape);
  }

  data(): TensorData | undefined {
    if (this.supply !== undefined) {
      const { supply } = this;
      this.supply = undefined;
      this.values = supply();
    }
    return this.values;
  }

  /** All values as numbers; 64-bit integers lose their low bits beyond 2^53. */
  numbers(): number[] | undefined {
    const data = this.data();
    return data === undefined ? undefined : Array.from(data as ArrayLike<number | bigint>, Number);
  }

  /** The value of a tensor of one element. */
  scalar(): number | undefined {
    const data = this.data();
    return data?.length === 1 ? Number(data[0]) : undefined;
  }
}

/** Values of an element type from numbers, rounded or saturated to what the type holds. */
export function toTensorData(elementType: ElementType, numbers: ArrayLike<number>): TensorData {
  const data = allocate(elementType, numbers.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const [low, high] = data instanceof BigInt64Array ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
    for (let index = 0; index < numbers.length; index++) {
      const value = toBigInt(numbers[index]);
      data[index] = value < low ? low : value > high ? high : value;
    }
  } else if (elementType === 'bool') {
    for (let index = 0; index < numbers.length; index++) data[index] = numbers[index] === 0 ? 0 : 1;
  } else if (elementType === 'float16') {
    for (let index = 0; index < numbers.length; index++) data[index] = roundToHalf(numbers[index]);
  } else {
    for (let index = 0; index < numbers.length; index++) data[index] = numbers[index];
  }
  return data;
}

function toBigInt(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (!Number.isFinite(value)) return value > 0 ? 2n ** 64n : -(2n ** 64n);
  return BigInt(Math.trunc(value));
}
