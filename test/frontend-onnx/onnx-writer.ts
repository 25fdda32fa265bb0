import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Numbers of TensorProto.DataType. */
const dataTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
} as const;
export type DataTypeName = keyof typeof dataTypes;

export interface TensorSpec {
  readonly name?: string;
  readonly type: DataTypeName;
  readonly shape: readonly number[];
  readonly raw?: Uint8Array;
  /** Values for the typed field of the type. */
  readonly typed?: readonly number[];
  readonly packed?: boolean;
  readonly external?: Readonly<Record<string, string>>;
}

export type AttributeSpec =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorSpec }
  | { readonly graph: GraphSpec };

export interface NodeSpec {
  readonly operator: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
}

interface ValueSpec {
  readonly name: string;
  readonly type?: DataTypeName;
  readonly shape?: readonly (number | string | undefined)[];
}

export interface GraphSpec {
  readonly nodes: readonly NodeSpec[];
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly initializers?: readonly TensorSpec[];
  readonly valueInfos?: readonly ValueSpec[];
}

export interface ModelSpec extends GraphSpec {
  readonly irVersion?: number;
  readonly opset?: number;
  readonly microsoft?: boolean;
}

type Fill = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, fill: Fill): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  fill(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(BigInt(value));
}

/** Encodes a model as an exporter would, with only the fields that the specification names. */
export function encodeModel(spec: ModelSpec): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, spec.irVersion ?? 8);
  text(writer, 2, 'test');
  message(writer, 7, graph => writeGraph(graph, spec));
  message(writer, 8, () => integer(writer, 2, spec.opset ?? 17));
  if (spec.microsoft ?? true) {
    message(writer, 8, () => {
      text(writer, 1, 'com.microsoft');
      integer(writer, 2, 1);
    });
  }
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, spec: GraphSpec): void {
  for (const node of spec.nodes) message(writer, 1, () => writeNode(writer, node));
  text(writer, 2, 'main');
  for (const tensor of spec.initializers ?? []) message(writer, 5, () => writeTensor(writer, tensor));
  for (const value of spec.inputs) message(writer, 11, () => writeValue(writer, value));
  for (const value of spec.outputs) message(writer, 12, () => writeValue(writer, value));
  for (const value of spec.valueInfos ?? []) message(writer, 13, () => writeValue(writer, value));
}

function writeNode(writer: BinaryWriter, node: NodeSpec): void {
  for (const input of node.inputs ?? []) text(writer, 1, input);
  for (const output of node.outputs ?? ['y']) text(writer, 2, output);
  text(writer, 3, node.name ?? '');
  text(writer, 4, node.operator);
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    message(writer, 5, () => writeAttribute(writer, name, value));
  if (node.domain !== undefined) text(writer, 7, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, value: AttributeSpec): void {
  text(writer, 1, name);
  if (typeof value === 'number') {
    integer(writer, 3, value);
    integer(writer, 20, 2);
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    integer(writer, 20, 3);
  } else if ('float' in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    integer(writer, 20, 1);
  } else if ('floats' in value) {
    for (const entry of value.floats) writer.tag(7, WireType.Bit32).float(entry);
    integer(writer, 20, 6);
  } else if ('tensor' in value) {
    message(writer, 5, () => writeTensor(writer, value.tensor));
    integer(writer, 20, 4);
  } else if ('graph' in value) {
    message(writer, 6, () => writeGraph(writer, value.graph));
    integer(writer, 20, 5);
  } else {
    for (const entry of value) integer(writer, 8, entry);
    integer(writer, 20, 7);
  }
}

function writeTensor(writer: BinaryWriter, tensor: TensorSpec): void {
  for (const extent of tensor.shape) integer(writer, 1, extent);
  integer(writer, 2, dataTypes[tensor.type]);
  if (tensor.typed !== undefined) writeTyped(writer, tensor.type, tensor.typed, tensor.packed ?? true);
  if (tensor.name !== undefined) text(writer, 8, tensor.name);
  if (tensor.raw !== undefined) writer.tag(9, WireType.LengthDelimited).bytes(tensor.raw);
  if (tensor.external === undefined) return;
  for (const [key, value] of Object.entries(tensor.external)) {
    message(writer, 13, () => {
      text(writer, 1, key);
      text(writer, 2, value);
    });
  }
  integer(writer, 14, 1);
}

function writeTyped(writer: BinaryWriter, type: DataTypeName, values: readonly number[], packed: boolean): void {
  const field =
    type === 'float'
      ? 4
      : type === 'double'
        ? 10
        : type === 'int64'
          ? 7
          : type === 'uint64' || type === 'uint32'
            ? 11
            : 5;
  const wire = field === 4 ? WireType.Bit32 : field === 10 ? WireType.Bit64 : WireType.Varint;
  const write = (value: number): void => {
    if (field === 4) writer.float(value);
    else if (field === 10) writer.double(value);
    else writer.int64(BigInt(value));
  };
  if (packed) message(writer, field, () => values.forEach(write));
  else {
    for (const value of values) {
      writer.tag(field, wire);
      write(value);
    }
  }
}

function writeValue(writer: BinaryWriter, value: ValueSpec): void {
  text(writer, 1, value.name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      integer(writer, 1, dataTypes[value.type ?? 'float']);
      const { shape } = value;
      if (shape === undefined) return;
      message(writer, 2, () => {
        for (const extent of shape) {
          message(writer, 1, () => {
            if (typeof extent === 'number') integer(writer, 1, extent);
            else if (extent !== undefined) text(writer, 2, extent);
          });
        }
      });
    }),
  );
}

/** A float32 tensor with values from a counter or as given. */
export function floats(name: string, shape: readonly number[], values?: readonly number[]): TensorSpec {
  return { name, type: 'float', shape, raw: new Uint8Array(Float32Array.from(values ?? counted(shape)).buffer) };
}

export function int64s(
  name: string,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): TensorSpec {
  return { name, type: 'int64', shape, raw: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}

export function int8s(name: string, shape: readonly number[], values?: readonly number[]): TensorSpec {
  return { name, type: 'int8', shape, raw: new Uint8Array(Int8Array.from(values ?? counted(shape)).buffer) };
}

export function uint8s(name: string, shape: readonly number[], values?: readonly number[]): TensorSpec {
  return { name, type: 'uint8', shape, raw: Uint8Array.from(values ?? counted(shape)) };
}

export function int32s(name: string, shape: readonly number[], values?: readonly number[]): TensorSpec {
  return { name, type: 'int32', shape, raw: new Uint8Array(Int32Array.from(values ?? counted(shape)).buffer) };
}

function counted(shape: readonly number[]): number[] {
  return Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, (_, index) => index);
}

/** Writes a model into a folder of its own and gives its path. */
export function writeModel(spec: ModelSpec | Uint8Array, name = 'model.onnx'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, spec instanceof Uint8Array ? spec : encodeModel(spec));
  return path;
}
