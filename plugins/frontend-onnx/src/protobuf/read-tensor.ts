import { beyondLimit, damaged, tensorDataMismatch } from '../errors.js';
import { limits } from '../limits.js';
import type { OnnxExternalData, OnnxTensor } from './model.js';
import { readFields, type Region } from './wire.js';

const externalLocation = 1;

/** Reads a TensorProto without its values. */
export function readTensor(message: Region): OnnxTensor {
  let name = '';
  let dataType = 0;
  let dataLocation = 0;
  let rawData: Region | undefined;
  const shape: number[] = [];
  const entries = new Map<string, string>();
  readFields(message, 'TensorProto', {
    1: field => field.integersInto(shape, limits.rank),
    2: field => {
      dataType = field.integer();
    },
    8: field => {
      name = field.text();
    },
    9: field => {
      rawData = field.region();
    },
    13: field => readEntry(field.region(), entries),
    14: field => {
      dataLocation = field.integer();
    },
  });
  for (const extent of shape) {
    if (extent < 0 || !Number.isSafeInteger(extent))
      throw damaged(message.file, `tensor '${name}' has the extent ${extent}`, message.offset);
  }
  checkElementCount(message.file, name, shape, message.offset);
  const external = dataLocation === externalLocation ? externalData(message, name, entries) : undefined;
  return {
    name,
    dataType,
    shape,
    message,
    ...(rawData === undefined ? {} : { rawData }),
    ...(external === undefined ? {} : { external }),
  };
}

/** Number of elements of a shape; an error when it is beyond the limit. */
export function checkElementCount(file: string, name: string, shape: readonly number[], byteOffset?: number): number {
  let count = 1;
  for (const extent of shape) {
    if (extent === 0) return 0;
  }
  for (const extent of shape) {
    count *= extent;
    if (count > limits.elements)
      throw beyondLimit(file, `Tensor '${name}' of shape [${shape.join(', ')}] is too large.`, name, byteOffset);
  }
  return count;
}

function readEntry(message: Region, entries: Map<string, string>): void {
  let key = '';
  let value = '';
  readFields(message, 'StringStringEntryProto', {
    1: field => {
      key = field.text();
    },
    2: field => {
      value = field.text();
    },
  });
  entries.set(key, value);
}

function externalData(message: Region, tensor: string, entries: ReadonlyMap<string, string>): OnnxExternalData {
  const location = entries.get('location');
  if (location === undefined || location === '')
    throw tensorDataMismatch(message.file, tensor, 'is external but names no file', message.offset);
  const length = wholeNumber(message, tensor, 'length', entries.get('length'));
  return {
    location,
    offset: wholeNumber(message, tensor, 'offset', entries.get('offset')) ?? 0,
    ...(length === undefined ? {} : { length }),
  };
}

function wholeNumber(message: Region, tensor: string, key: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value))
    throw tensorDataMismatch(
      message.file,
      tensor,
      `has the external ${key} '${text.slice(0, 40)}', which is no whole number`,
      message.offset,
    );
  return value;
}
