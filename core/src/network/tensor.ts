/** Element types that network tensors may have; the names are NumPy's. */
export type ElementType =
  | 'float32'
  | 'float16'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool';

/** Values of a constant tensor, row-major. Float16 is widened to Float32Array by front ends, bool to Uint8Array. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/**
 * Affine quantisation `real = scale * (quantised - zeroPoint)`.
 * One entry for the whole tensor, or one per index of `axis`.
 */
export interface Quantization {
  /** float32 values; ONNX Runtime's arithmetic is reproduced from these bits. */
  readonly scales: Float32Array;
  /** As many entries as `scales`. */
  readonly zeroPoints: Int32Array;
  /** Dimension that the entries run along; undefined when there is one entry. */
  readonly axis?: number;
}

/**
 * What is known of a tensor. Feature maps are N C H W (batch, channels, rows, columns);
 * convolution weights are K C R S (output channels, input channels per group, kernel rows, kernel columns);
 * fully connected weights are K C.
 */
export interface Tensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly quantization?: Quantization;
  /** `constant` tensors have `data`, unless the model came without its weights (prediction only). */
  readonly role: 'input' | 'constant' | 'intermediate' | 'output';
  readonly data?: TensorData;
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const extent of shape) count *= extent;
  return count;
}

/** Whether two shapes are equal but for leading dimensions of 1: arrays come with and without their batch. */
export function isSameShape(left: readonly number[], right: readonly number[]): boolean {
  const [shorter, longer] = left.length < right.length ? [left, right] : [right, left];
  const lead = longer.length - shorter.length;
  return longer.every((extent, axis) => extent === (axis < lead ? 1 : shorter[axis - lead]));
}
