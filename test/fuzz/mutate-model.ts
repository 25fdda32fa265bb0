import type { Random } from '@autodnnchip/core';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { edgeNumbers, oddNames } from './mutate-bytes.js';

/** A field of a protocol buffer: a message of further ones, a number, or bytes. */
interface Field {
  readonly number: number;
  readonly wireType: WireType;
  readonly value: bigint | Uint8Array | Message;
}

interface Message {
  readonly kind: string;
  readonly fields: Field[];
}

/** Which fields of the messages of ONNX are messages themselves. */
const children: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  ModelProto: { 7: 'GraphProto', 8: 'OperatorSetIdProto', 25: 'FunctionProto' },
  GraphProto: { 1: 'NodeProto', 5: 'TensorProto', 11: 'ValueInfoProto', 12: 'ValueInfoProto', 13: 'ValueInfoProto' },
  NodeProto: { 5: 'AttributeProto' },
  AttributeProto: { 5: 'TensorProto', 6: 'GraphProto' },
  ValueInfoProto: { 2: 'TypeProto' },
  TypeProto: { 1: 'TensorTypeProto' },
  TensorTypeProto: { 2: 'TensorShapeProto' },
  TensorShapeProto: { 1: 'DimensionProto' },
  TensorProto: {},
  OperatorSetIdProto: {},
  FunctionProto: { 7: 'NodeProto' },
  DimensionProto: {},
};

function decode(bytes: Uint8Array, kind: string): Message {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const child = children[kind][number];
    if (wireType === WireType.Varint) fields.push({ number, wireType, value: BigInt(reader.int64()) });
    else if (wireType === WireType.LengthDelimited) {
      const content = reader.bytes();
      fields.push({ number, wireType, value: child === undefined ? content : decode(content, child) });
    } else fields.push({ number, wireType, value: reader.skip(wireType, number) });
  }
  return { kind, fields };
}

function encode({ fields }: Message): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, wireType, value } of fields) {
    writer.tag(number, wireType);
    if (typeof value === 'bigint') writer.int64(BigInt.asIntN(64, value));
    else if (value instanceof Uint8Array) {
      if (wireType === WireType.LengthDelimited) writer.bytes(value);
      else writer.raw(value);
    } else writer.bytes(encode(value));
  }
  return writer.finish();
}

interface Place {
  readonly message: Message;
  readonly index: number;
}

function places(message: Message, found: Place[] = []): Place[] {
  for (const [index, { value }] of message.fields.entries()) {
    found.push({ message, index });
    if (typeof value === 'object' && !(value instanceof Uint8Array)) places(value, found);
  }
  return found;
}

/** Operators that a node may be turned into. */
export type OperatorNames = readonly string[];

/** A model that is whole as a protocol buffer, with one to four fields that are not as they were. */
export function mutateModel(bytes: Uint8Array, operators: OperatorNames, random: Random): Uint8Array {
  const model = decode(bytes, 'ModelProto');
  for (let left = 1 + random.integer(1 + random.integer(4)); left > 0; left--)
    changeField(places(model), operators, random);
  return encode(model);
}

function changeField(all: readonly Place[], operators: OperatorNames, random: Random): void {
  if (all.length === 0) return;
  const { message, index } = random.pick(all);
  const { fields } = message;
  const field = fields[index];
  if (field === undefined) return;
  const { number, wireType, value } = field;
  const put = (changed: Field['value']): void => {
    fields[index] = { number, wireType, value: changed };
  };
  switch (random.integer(6)) {
    case 0:
      fields.splice(index, 1);
      return;
    case 1:
      fields.splice(random.integer(fields.length + 1), 0, field);
      return;
    case 2: {
      // Another one of the same kind, from elsewhere in the model: names that exist, shapes of others.
      const alike = all.filter(
        ({ message: other, index: at }) => other.kind === message.kind && other.fields[at]?.number === number,
      );
      const donor = alike.length === 0 ? undefined : random.pick(alike);
      if (donor !== undefined) put(donor.message.fields[donor.index].value);
      return;
    }
    default:
  }
  if (typeof value === 'bigint')
    put(random.integer(3) === 0 ? BigInt(random.pick(edgeNumbers)) : value + BigInt(random.integer(7) - 3));
  else if (!(value instanceof Uint8Array)) return;
  else if (message.kind === 'NodeProto' && number === 4) put(Buffer.from(random.pick(operators)));
  else if (wireType !== WireType.LengthDelimited)
    put(Uint8Array.from(value, byte => (random.integer(3) === 0 ? random.integer(256) : byte)));
  else if (value.length > 256) put(value.subarray(0, random.integer(value.length)));
  else
    put(
      random.integer(2) === 0
        ? Buffer.from(random.pick(oddNames))
        : Uint8Array.from(value, byte => (random.integer(4) === 0 ? random.integer(256) : byte)),
    );
}
