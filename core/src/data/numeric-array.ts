import { ChipError } from '../errors/index.js';
import { elementCount, type ElementType, type TensorData } from '../network/index.js';

/** Numbers with a shape, row-major: what networks take in and give out, and what array files hold. */
export interface NumericArray {
  readonly shape: readonly number[];
  readonly elementType: ElementType;
  /** `elementCount(shape)` values. float16 is held as Float32Array, bool as Uint8Array. */
  readonly data: TensorData;
}

/** Bytes of one element in a file. */
export const elementByteSizes: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float16: 2,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
};

/** Zero-filled values of the typed array that holds `elementType`. */
export function createTensorData(elementType: ElementType, count: number): TensorData {
  switch (elementType) {
    case 'float32':
    case 'float16':
      return new Float32Array(count);
    case 'float64':
      return new Float64Array(count);
    case 'int8':
      return new Int8Array(count);
    case 'uint8':
    case 'bool':
      return new Uint8Array(count);
    case 'int16':
      return new Int16Array(count);
    case 'uint16':
      return new Uint16Array(count);
    case 'int32':
      return new Int32Array(count);
    case 'uint32':
      return new Uint32Array(count);
    case 'int64':
      return new BigInt64Array(count);
    case 'uint64':
      return new BigUint64Array(count);
  }
}

/** A numeric array; throws (our bug) where the number of values does not fit the shape. */
export function numericArray(shape: readonly number[], elementType: ElementType, data: TensorData): NumericArray {
  if (data.length !== elementCount(shape)) {
    throw new ChipError('ADC9001', `An array of shape [${shape.join(', ')}] was given ${data.length} values.`);
  }
  return { shape, elementType, data };
}

/** float32 array of `shape`. */
export function float32Array(shape: readonly number[], data: Float32Array): NumericArray {
  return numericArray(shape, 'float32', data);
}

/**
 * The same values as float32 (rounded to nearest where float32 cannot hold them); the data itself where they are
 * float32 already.
 */
export function toFloat32(data: TensorData): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const result = new Float32Array(data.length);
    for (let index = 0; index < data.length; index++) result[index] = Number(data[index]);
    return result;
  }
  return Float32Array.from(data);
}

/**
 * The same numbers as another element type: rounded to nearest for float32, an error where an integer type does not
 * have one.
 */
export function convertElements(array: NumericArray, elementType: ElementType): NumericArray {
  if (array.elementType === elementType) return array;
  const result = createTensorData(elementType, array.data.length);
  const source = array.data;
  const wide = result instanceof BigInt64Array || result instanceof BigUint64Array;
  const real = result instanceof Float32Array || result instanceof Float64Array;
  for (let index = 0; index < source.length; index++) {
    const value = source[index];
    if (typeof value === 'bigint') result[index] = wide ? value : Number(value);
    else if (!wide) result[index] = value;
    else if (Number.isInteger(value)) result[index] = BigInt(value);
    // Loose equality holds numbers against 64-bit integers by value, without rounding either.
    // eslint-disable-next-line eqeqeq
    if (!real && result[index] != value) {
      throw new ChipError('ADC1105', `The value ${value} at index ${index} does not fit ${elementType}.`, {
        hint: `Give the array as ${elementType}, or with whole numbers in its range.`,
      });
    }
  }
  return { shape: array.shape, elementType, data: result };
}
