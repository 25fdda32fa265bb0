import { z } from 'zod';
import {
  createTensorData,
  elementByteSizes,
  readArchive,
  readNpy,
  writeNpz,
  type NumericArray,
} from '../data/index.js';
import { ChipError, errorMessage } from '../errors/index.js';
import { elementCount, type Network, type Operator, type Tensor, type TensorData } from '../network/index.js';
import { checkNetworkOrder } from './network-order.js';
import {
  networkFileSchema,
  networkFileVersion,
  realToJson,
  type NetworkFileContent,
  type TensorRecord,
} from './network-schema.js';

/** A network as two files: a description in JSON and the values of its constants as .npz. */
export interface NetworkFiles {
  readonly description: string;
  readonly constants: Uint8Array;
}

/** Sizes beyond which network files are neither written nor read, in bytes. */
export interface NetworkFileLimits {
  readonly descriptionBytes: number;
  /** All constants together, inflated. */
  readonly constantBytes: number;
}

export const networkFileLimits: NetworkFileLimits = { descriptionBytes: 2 ** 26, constantBytes: 2 ** 30 };

/** Bytes that a .npy file may have beside its values. */
const npyHeaderBytes = 65536 + 12;

const npySuffix = '.npy';

/** A network as files that `readNetworkFiles` makes the same network of. Throws ADC1016 when it is too large. */
export function writeNetworkFiles(network: Network, limits: NetworkFileLimits = networkFileLimits): NetworkFiles {
  const arrays = new Map<string, NumericArray>();
  const keyOf = ({ shape, elementType, data }: Tensor): string | undefined => {
    if (data === undefined) return undefined;
    const key = `c${arrays.size}`;
    arrays.set(key, { shape, elementType, data });
    return key;
  };
  const content = {
    kind: 'autodnnchip-network',
    schemaVersion: networkFileVersion,
    name: network.name,
    source: network.source,
    weightless: network.weightless,
    inputs: network.inputs,
    outputs: network.outputs,
    tensors: [...network.tensors.values()].map(tensor => tensorToJson(tensor, keyOf(tensor))),
    operators: network.operators.map(operatorToJson),
  };
  const description = `${JSON.stringify(content)}\n`;
  const constantBytes = [...arrays.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  checkSize(`The description of ${network.name}`, Buffer.byteLength(description), limits.descriptionBytes);
  checkSize(`What the host keeps of the constants of ${network.name}`, constantBytes, limits.constantBytes);
  return { description, constants: writeNpz(arrays) };
}

function checkSize(what: string, bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new ChipError('ADC1016', `${what} takes ${bytes} bytes; the limit is ${limit}.`, {
    hint: 'Leave fewer or smaller operators to the host.',
  });
}

function tensorToJson(
  tensor: Tensor,
  values: string | undefined,
): z.input<typeof networkFileSchema>['tensors'][number] {
  const { name, elementType, shape, role, quantization } = tensor;
  return {
    name,
    elementType,
    shape: [...shape],
    role,
    ...(quantization === undefined
      ? {}
      : {
          quantization: {
            scales: [...quantization.scales].map(realToJson),
            zeroPoints: [...quantization.zeroPoints],
            ...(quantization.axis === undefined ? {} : { axis: quantization.axis }),
          },
        }),
    ...(values === undefined ? {} : { values }),
  };
}

function operatorToJson(operator: Operator): unknown {
  const { name, kind, sourceType, inputs, outputs, attributes } = operator;
  const written =
    kind === 'other'
      ? {
          reason: operator.attributes.reason,
          values: Object.entries(operator.attributes.values).map(([key, value]) => [key, toJson(value)]),
        }
      : toJson(attributes);
  return { name, kind, sourceType, inputs, outputs, attributes: written };
}

/** Attributes with every number written as `realToJson` does. */
function toJson(value: unknown): unknown {
  if (typeof value === 'number') return realToJson(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, entry]) => entry !== undefined)
        .map(([key, entry]) => [key, toJson(entry)]),
    );
  return value;
}

/**
 * The network that `writeNetworkFiles` wrote.
 * @param file name for messages
 * @throws ChipError ADC6005 naming what is damaged; nothing larger than the limits is inflated
 */
export function readNetworkFiles(
  files: { readonly description: Uint8Array; readonly constants: Uint8Array },
  file: string,
  limits: NetworkFileLimits = networkFileLimits,
): Network {
  const content = parseDescription(files.description, file, limits);
  const values = readConstants(content.tensors, files.constants, file, limits);
  const tensors = new Map<string, Tensor>();
  for (const record of content.tensors) {
    if (tensors.has(record.name)) throw damaged(file, `the tensor '${record.name}' is there twice`);
    tensors.set(record.name, toTensor(record, values, file));
  }
  const { name, source, inputs, outputs, operators, weightless } = content;
  const network: Network = { name, source, inputs, outputs, operators, tensors, weightless };
  const problem = checkNetworkOrder(network);
  if (problem !== undefined) throw damaged(file, problem);
  return network;
}

function parseDescription(bytes: Uint8Array, file: string, limits: NetworkFileLimits): NetworkFileContent {
  if (bytes.length > limits.descriptionBytes)
    throw damaged(file, `it has ${bytes.length} bytes; the limit is ${limits.descriptionBytes}`);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(file, `it is not JSON: ${errorMessage(error)}`, error);
  }
  const parsed = networkFileSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw damaged(file, z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' '));
}

/** Reads exactly the arrays that the description names; each must have the size that it says. */
function readConstants(
  records: readonly TensorRecord[],
  archive: Uint8Array,
  file: string,
  limits: NetworkFileLimits,
): Map<string, NumericArray> {
  const wanted = new Map(
    records.flatMap(record => (record.values === undefined ? [] : [[record.values, record] as const])),
  );
  const sizeOf = ({ shape, elementType }: TensorRecord): number =>
    elementCount(shape) * (elementType === 'float16' ? 4 : elementByteSizes[elementType]);
  const total = [...wanted.values()].reduce((sum, record) => sum + sizeOf(record), 0);
  if (!(total <= limits.constantBytes))
    throw damaged(file, `its constants take ${total} bytes; the limit is ${limits.constantBytes}`);
  const arrays = new Map<string, NumericArray>();
  try {
    for (const entry of readArchive(archive, file, {
      maximumEntries: wanted.size,
      maximumEntryBytes: limits.constantBytes + npyHeaderBytes,
      maximumExpansion: Infinity,
    })) {
      const key = entry.name.endsWith(npySuffix) ? entry.name.slice(0, -npySuffix.length) : '';
      const record = wanted.get(key);
      if (record === undefined || arrays.has(key) || entry.size > sizeOf(record) + npyHeaderBytes)
        throw damaged(file, `its constants have an entry '${entry.name}' that does not belong there`);
      arrays.set(key, readNpy(entry.read(), `${file}: ${entry.name}`));
    }
  } catch (error) {
    if (error instanceof ChipError && error.code === 'ADC6005') throw error;
    throw damaged(file, `its constants cannot be read: ${errorMessage(error)}`, error);
  }
  return arrays;
}

function toTensor(record: TensorRecord, arrays: ReadonlyMap<string, NumericArray>, file: string): Tensor {
  const { name, elementType, shape, role, quantization, values } = record;
  if (quantization !== undefined && quantization.scales.length !== quantization.zeroPoints.length)
    throw damaged(file, `the scales and zero points of '${name}' are not equally many`);
  return {
    name,
    elementType,
    shape,
    role,
    ...(quantization === undefined
      ? {}
      : {
          quantization: {
            scales: Float32Array.from(quantization.scales),
            zeroPoints: Int32Array.from(quantization.zeroPoints),
            ...(quantization.axis === undefined ? {} : { axis: quantization.axis }),
          },
        }),
    ...(values === undefined ? {} : { data: valuesOf(record, arrays.get(values), file) }),
  };
}

function valuesOf(
  { name, elementType, shape }: TensorRecord,
  array: NumericArray | undefined,
  file: string,
): TensorData {
  const sameKind =
    array !== undefined &&
    Object.getPrototypeOf(array.data) === Object.getPrototypeOf(createTensorData(elementType, 0));
  if (sameKind && array.shape.length === shape.length && array.shape.every((extent, axis) => extent === shape[axis]))
    return array.data;
  throw damaged(
    file,
    `the constant '${name}' ${array === undefined ? 'has no values' : `has values of another shape or type than ${elementType} [${shape.join(', ')}]`}`,
  );
}

function damaged(file: string, what: string, cause?: unknown): ChipError {
  return new ChipError('ADC6005', `The network file ${file} is damaged: ${what}.`, {
    location: { file },
    hint: 'Build the chip again.',
    ...(cause === undefined ? {} : { cause }),
  });
}
