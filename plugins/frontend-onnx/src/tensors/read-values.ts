import { BinaryReader } from '@bufbuild/protobuf/wire';
import { widenHalf, type TensorData } from '@autodnnchip/core';
import { tensorDataMismatch, unsupportedElementType, weightsMissing } from '../errors.js';
import type { ExternalData } from '../files/external-data.js';
import type { OnnxTensor } from '../protobuf/model.js';
import { checkElementCount } from '../protobuf/read-tensor.js';
import { readFields, type Region } from '../protobuf/wire.js';
import { Constant } from './constant.js';
import { dataTypeName, type DataType, findConstantType } from './data-types.js';
import { widenBrainFloat } from './half-float.js';

/**
 * The constant that a TensorProto describes. Sizes are checked at once against the bytes there, values are decoded when
 * asked for.
 */
export function constantOf(tensor: OnnxTensor, external: ExternalData): Constant {
  const file = tensor.message.file;
  const type = findConstantType(tensor.dataType);
  if (type === undefined) throw unsupportedElementType(file, tensor.name, dataTypeName(tensor.dataType));
  const count = checkElementCount(file, tensor.name, tensor.shape, tensor.message.offset);
  const byteLength = Math.ceil(count * type.bytesPerElement);
  const packed = type.bytesPerElement < 1;
  const constant = (supply: () => TensorData | undefined): Constant =>
    new Constant(type.elementType, tensor.shape, supply, packed);
  if (tensor.external !== undefined) {
    external.check(tensor);
    return constant(() => {
      const bytes = external.read(tensor, byteLength);
      return bytes === undefined ? undefined : fromRawBytes(bytes, type, count);
    });
  }
  const raw = tensor.rawData;
  if (raw !== undefined && (raw.bytes.length > 0 || count === 0)) {
    if (raw.bytes.length !== byteLength) {
      throw tensorDataMismatch(
        file,
        tensor.name,
        `has ${raw.bytes.length} bytes of values where its shape [${tensor.shape.join(', ')}] of ${type.name} needs ${byteLength}`,
        raw.offset,
      );
    }
    return constant(() => fromRawBytes(raw.bytes, type, count));
  }
  const valueBytes = typedFieldBytes(tensor, type);
  if (valueBytes === 0 && count > 0) {
    return constant(() => {
      if (external.required) throw weightsMissing(file, tensor.name, tensor.shape);
      return undefined;
    });
  }
  if ((packed ? byteLength : count) > valueBytes) {
    throw tensorDataMismatch(
      file,
      tensor.name,
      `has too few values for its shape [${tensor.shape.join(', ')}]`,
      tensor.message.offset,
    );
  }
  return constant(() =>
    packed
      ? unpacked(Uint8Array.from(fromTypedField(tensor, packedBytes, byteLength) as Uint8Array), type, count)
      : fromTypedField(tensor, type, count),
  );
}

/** Bytes of the typed field that holds values of this type; 0 where the model was stripped of its values. */
function typedFieldBytes(tensor: OnnxTensor, type: DataType): number {
  let total = 0;
  readFields(tensor.message, 'TensorProto', {
    [type.typedField]: field =>
      field.values(({ bytes }) => {
        total += bytes.length;
      }),
  });
  return total;
}

/** How the typed field holds elements of half a byte: a byte of two in each entry. */
const packedBytes: DataType = { name: 'uint8', elementType: 'uint8', bytesPerElement: 1, typedField: 5 };

/** Elements of half a byte, the first of a byte in its low bits. */
function unpacked(bytes: Uint8Array, { elementType }: DataType, count: number): TensorData {
  const values = elementType === 'int8' ? new Int8Array(count) : new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    const value = (bytes[index >> 1] >> (4 * (index & 1))) & 15;
    values[index] = elementType === 'int8' && value > 7 ? value - 16 : value;
  }
  return values;
}

/** Little-endian values; a view where the alignment allows it. */
function fromRawBytes(bytes: Uint8Array, type: DataType, count: number): TensorData {
  if (type.bytesPerElement < 1) return unpacked(bytes, type, count);
  const width = type.bytesPerElement;
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const length = aligned.length / width;
  const { buffer, byteOffset } = aligned;
  switch (type.name) {
    case 'float16':
      return widenHalf(new Uint16Array(buffer, byteOffset, length));
    case 'bfloat16':
      return widenBrainFloat(new Uint16Array(buffer, byteOffset, length));
  }
  switch (type.elementType) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    case 'int8':
      return new Int8Array(buffer, byteOffset, length);
    case 'int16':
      return new Int16Array(buffer, byteOffset, length);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'uint64':
      return new BigUint64Array(buffer, byteOffset, length);
    default:
      return aligned;
  }
}

/**
 * Values in `float_data`, `int32_data`, `int64_data`, `double_data` or `uint64_data`; `count` is at most the bytes
 * there.
 */
function fromTypedField(tensor: OnnxTensor, type: DataType, count: number): TensorData {
  const { next, values } = typedDecoder(type, count);
  let index = 0;
  const decode = (region: Region): void => {
    const reader = new BinaryReader(region.bytes);
    while (reader.pos < reader.len) next(reader, index++);
  };
  readFields(tensor.message, 'TensorProto', { [type.typedField]: field => field.values(decode) });
  if (index !== count)
    throw tensorDataMismatch(
      tensor.message.file,
      tensor.name,
      `has ${index} values where its shape [${tensor.shape.join(', ')}] needs ${count}`,
      tensor.message.offset,
    );
  return type.name === 'float16'
    ? widenHalf(values as Uint16Array)
    : type.name === 'bfloat16'
      ? widenBrainFloat(values as Uint16Array)
      : values;
}

interface TypedDecoder {
  readonly values: TensorData;
  /** Decodes one value; those beyond the end of `values` are dropped. */
  readonly next: (reader: BinaryReader, index: number) => void;
}

function typedDecoder(type: DataType, count: number): TypedDecoder {
  if (type.typedField === 7) {
    const values = new BigInt64Array(count);
    return {
      values,
      next: (reader, index) => {
        values[index] = BigInt(reader.int64());
      },
    };
  }
  if (type.name === 'uint64') {
    const values = new BigUint64Array(count);
    return {
      values,
      next: (reader, index) => {
        values[index] = BigInt(reader.uint64());
      },
    };
  }
  if (type.typedField === 4 || type.typedField === 10) {
    const values = type.typedField === 4 ? new Float32Array(count) : new Float64Array(count);
    return {
      values,
      next: (reader, index) => {
        values[index] = type.typedField === 4 ? reader.float() : reader.double();
      },
    };
  }
  const constructors: Readonly<
    Record<string, new (length: number) => Exclude<TensorData, BigInt64Array | BigUint64Array>>
  > = {
    int8: Int8Array,
    int16: Int16Array,
    uint16: Uint16Array,
    float16: Uint16Array,
    bfloat16: Uint16Array,
    int32: Int32Array,
    uint32: Uint32Array,
  };
  const values = new (constructors[type.name] ?? Uint8Array)(count);
  return {
    values,
    next: (reader, index) => {
      values[index] = Number(reader.int64());
    },
  };
}
