import { ChipError } from '../errors/index.js';
import { elementCount, type ElementType, type TensorData } from '../network/index.js';
import { widenHalf } from './half-float.js';
import { createTensorData, elementByteSizes, type NumericArray } from './numeric-array.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const largestHeader = 65536;
/** NumPy's own limit (NPY_MAXDIMS since 2.0). */
const largestRank = 64;

/** NumPy's type codes without the byte-order mark. */
const elementTypes: Readonly<Record<string, ElementType>> = {
  f4: 'float32',
  f2: 'float16',
  f8: 'float64',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  b1: 'bool',
};

/** What NumPy writes that is no array of real numbers or integers, by the letter of its type code. */
const otherKinds: Readonly<Record<string, string>> = {
  c: 'complex numbers',
  U: 'strings',
  S: 'byte strings',
  a: 'byte strings',
  O: 'Python objects',
  M: 'dates',
  m: 'time spans',
  V: 'raw bytes or records (bfloat16 and 8-bit floats are stored so)',
  f: 'floating-point numbers of this width',
};

function refuse(file: string, what: string): ChipError {
  return new ChipError('ADC1102', `${file}: ${what}.`, {
    location: { file },
    hint: 'Write the array with numpy.save or numpy.savez, as one of float16/32/64, int8..64, uint8..64 or bool.',
  });
}

/**
 * Reads a .npy array (format versions 1 to 3 as numpy.lib.format describes them). Both byte orders and both memory
 * orders are read; object, string and structured arrays are refused. The size of the data must be exactly that of the
 * shape.
 * @param file name for messages
 */
export function readNpy(bytes: Uint8Array, file: string): NumericArray {
  if (bytes.length < 10 || magic.some((value, index) => bytes[index] !== value))
    throw refuse(file, 'it is not a .npy array (no NUMPY mark)');
  const version = bytes[6];
  if (version < 1 || version > 3) throw refuse(file, `.npy format version ${version} is not known`);
  const wide = version > 1;
  const start = wide ? 12 : 10;
  if (bytes.length < start) throw refuse(file, 'the .npy header is truncated');
  const headerLength = bytes[8] | (bytes[9] << 8) | (wide ? (bytes[10] << 16) | (bytes[11] << 24) : 0);
  if (headerLength < 0 || headerLength > largestHeader || start + headerLength > bytes.length)
    throw refuse(file, 'the .npy header is truncated or too long');
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + headerLength));
  const { elementType, bigEndian, fortranOrder, shape } = parseHeader(header, file);
  const count = elementCount(shape);
  const content = bytes.subarray(start + headerLength);
  if (!Number.isSafeInteger(count) || count * elementByteSizes[elementType] !== content.length) {
    throw refuse(
      file,
      `shape [${shape.join(', ')}] of ${elementType} needs ${count * elementByteSizes[elementType]} bytes, the file has ${content.length}`,
    );
  }
  const data = decode(content, elementType, bigEndian, count);
  return { shape, elementType, data: fortranOrder ? toRowMajor(data, shape, elementType) : data };
}

interface Header {
  readonly elementType: ElementType;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

function parseHeader(header: string, file: string): Header {
  if (/['"]descr['"]\s*:\s*\[/.test(header))
    throw refuse(
      file,
      'its elements are records with fields (a structured array), which are not supported: save each field as an array of its own',
    );
  const description = /['"]descr['"]\s*:\s*['"]([<>|=]?)([a-zA-Z?])(\d*)[^'"]*['"]/.exec(header);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(header);
  const extents = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(header);
  if (description === null || order === null || extents === null)
    throw refuse(file, `the .npy header is not understood: ${header.trim().slice(0, 120)}`);
  const [, , letter, width] = description;
  const elementType = elementTypes[letter + width];
  if (elementType === undefined) {
    throw refuse(
      file,
      `elements of type '${letter}${width}'${letter in otherKinds ? `, ${otherKinds[letter]},` : ''} are not supported`,
    );
  }
  const shape = extents[1]
    .split(',')
    .map(text => text.replace('L', '').trim())
    .filter(text => text !== '')
    .map(Number);
  if (shape.length > largestRank || shape.some(extent => !Number.isSafeInteger(extent)))
    throw refuse(file, 'the shape is not usable');
  return { elementType, bigEndian: description[1] === '>', fortranOrder: order[1] === 'True', shape };
}

/**
 * The values in an array of their own: `content` lies anywhere in a file's bytes, so that a typed array over its buffer
 * would be misaligned or begin elsewhere. (`slice` of a Node.js Buffer is such a view too, not a copy.)
 */
function decode(content: Uint8Array, elementType: ElementType, bigEndian: boolean, count: number): TensorData {
  const halves = elementType === 'float16' ? new Uint16Array(count) : undefined;
  const data = halves ?? createTensorData(elementType, count);
  const bytes = new Uint8Array(data.buffer);
  bytes.set(content);
  if (bigEndian) swapBytes(bytes, elementByteSizes[elementType]);
  return halves === undefined ? data : widenHalf(halves);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) {
    for (let low = start, high = start + width - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
}

/** Column-major data as row-major. */
function toRowMajor(data: TensorData, shape: readonly number[], elementType: ElementType): TensorData {
  const result = createTensorData(elementType, data.length);
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape) {
    strides.push(stride);
    stride *= extent;
  }
  const index = shape.map(() => 0);
  let source = 0;
  for (let target = 0; target < data.length; target++) {
    result[target] = data[source];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis];
      if (++index[axis] < shape[axis]) break;
      source -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

const typeCodes: Readonly<Record<ElementType, string>> = {
  float32: '<f4',
  float16: '<f4',
  float64: '<f8',
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  uint16: '<u2',
  int32: '<i4',
  uint32: '<u4',
  int64: '<i8',
  uint64: '<u8',
  bool: '|b1',
};

/** The bytes of a .npy file, version 1.0, little-endian, row-major. float16 is written as float32. */
export function writeNpy(array: NumericArray): Uint8Array {
  const extents = array.shape.length === 1 ? `${array.shape[0]},` : array.shape.join(', ');
  const text = `{'descr': '${typeCodes[array.elementType]}', 'fortran_order': False, 'shape': (${extents}), }`;
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const values = new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength);
  const result = new Uint8Array(10 + padded.length + values.length);
  result.set(magic);
  result.set([1, 0, padded.length & 255, padded.length >> 8], 6);
  result.set(new TextEncoder().encode(padded), 10);
  result.set(values, 10 + padded.length);
  return result;
}
