import type { ElementType, TensorData } from '@autodnnchip/core';

/** How one TensorProto.DataType is stored. */
export interface DataType {
  readonly name: string;
  /** Of the network's tensors; bfloat16 is widened, having no own element type there. */
  readonly elementType: ElementType;
  readonly bytesPerElement: number;
  /** Number of the typed field that holds values when there is no raw data. */
  readonly typedField: 4 | 5 | 7 | 10 | 11;
}

const dataTypes: Readonly<Record<number, DataType>> = {
  1: { name: 'float', elementType: 'float32', bytesPerElement: 4, typedField: 4 },
  2: { name: 'uint8', elementType: 'uint8', bytesPerElement: 1, typedField: 5 },
  3: { name: 'int8', elementType: 'int8', bytesPerElement: 1, typedField: 5 },
  4: { name: 'uint16', elementType: 'uint16', bytesPerElement: 2, typedField: 5 },
  5: { name: 'int16', elementType: 'int16', bytesPerElement: 2, typedField: 5 },
  6: { name: 'int32', elementType: 'int32', bytesPerElement: 4, typedField: 5 },
  7: { name: 'int64', elementType: 'int64', bytesPerElement: 8, typedField: 7 },
  9: { name: 'bool', elementType: 'bool', bytesPerElement: 1, typedField: 5 },
  10: { name: 'float16', elementType: 'float16', bytesPerElement: 2, typedField: 5 },
  11: { name: 'double', elementType: 'float64', bytesPerElement: 8, typedField: 10 },
  12: { name: 'uint32', elementType: 'uint32', bytesPerElement: 4, typedField: 11 },
  13: { name: 'uint64', elementType: 'uint64', bytesPerElement: 8, typedField: 11 },
  16: { name: 'bfloat16', elementType: 'float32', bytesPerElement: 2, typedField: 5 },
};

/** Elements of half a byte, two in each from its low bits on: constants only, which are widened to 8 bits. */
const packedTypes: Readonly<Record<number, DataType>> = {
  21: { name: 'uint4', elementType: 'uint8', bytesPerElement: 0.5, typedField: 5 },
  22: { name: 'int4', elementType: 'int8', bytesPerElement: 0.5, typedField: 5 },
};

const unsupportedNames: Readonly<Record<number, string>> = {
  0: 'undefined',
  8: 'string',
  14: 'complex64',
  15: 'complex128',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  23: 'float4e2m1',
  24: 'float8e8m0',
};

/** Storage of a TensorProto.DataType; undefined when networks cannot have it. */
export function findDataType(code: number): DataType | undefined {
  return dataTypes[code];
}

/** Storage of a constant: types that computed tensors cannot have among them. */
export function findConstantType(code: number): DataType | undefined {
  return dataTypes[code] ?? packedTypes[code];
}

export function dataTypeName(code: number): string {
  return findConstantType(code)?.name ?? unsupportedNames[code] ?? `number ${code}`;
}

const constructors = {
  float32: Float32Array,
  float16: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** A new array for values of an element type. */
export function allocate(elementType: ElementType, length: number): TensorData {
  return new constructors[elementType](length);
}

/** Element types whose values tensors of a chip's integer data path have. */
export function isQuantizedType(elementType: ElementType): boolean {
  return elementType === 'int8' || elementType === 'uint8' || elementType === 'int16' || elementType === 'uint16';
}

export function isFloat(elementType: ElementType): boolean {
  return elementType === 'float32' || elementType === 'float16' || elementType === 'float64';
}
