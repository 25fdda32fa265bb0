import { limits } from '../limits.js';
import type { OnnxAttribute, OnnxGraph, OnnxTensor } from './model.js';
import { readTensor } from './read-tensor.js';
import { readFields, type Region } from './wire.js';

/** AttributeProto.AttributeType; files older than IR version 2 leave it out. */
const attributeTypes: Readonly<Record<number, OnnxAttribute['kind']>> = {
  1: 'float',
  2: 'integer',
  3: 'string',
  4: 'tensor',
  5: 'graph',
  6: 'floats',
  7: 'integers',
  8: 'strings',
};

/** Reads an AttributeProto; `readGraph` decodes a graph that it holds. */
export function readAttribute(
  message: Region,
  readGraph: (message: Region) => OnnxGraph,
): readonly [string, OnnxAttribute] {
  let name = '';
  let type: number | undefined;
  let float: number | undefined;
  let integer: number | undefined;
  let string: string | undefined;
  let tensor: OnnxTensor | undefined;
  let graph: OnnxGraph | undefined;
  let reference = '';
  const floats: number[] = [];
  const integers: number[] = [];
  const strings: string[] = [];
  readFields(message, 'AttributeProto', {
    1: field => {
      name = field.text();
    },
    2: field => {
      float = field.float();
    },
    3: field => {
      integer = field.integer();
    },
    4: field => {
      string = latin(field.region());
    },
    5: field => {
      tensor = readTensor(field.region());
    },
    6: field => {
      graph = readGraph(field.region());
    },
    7: field => field.floatsInto(floats, limits.attributeElements),
    8: field => field.integersInto(integers, limits.attributeElements),
    9: field => {
      strings.push(latin(field.region()));
    },
    20: field => {
      type = field.integer();
    },
    21: field => {
      reference = field.text();
    },
  });
  const kind =
    type === undefined
      ? guessKind(float, integer, string, tensor, graph, floats, integers, strings)
      : (attributeTypes[type] ?? 'unsupported');
  if (reference !== '') return [name, { kind: 'unsupported', value: `reference to ${reference}` }];
  switch (kind) {
    case 'float':
      return [name, { kind, value: float ?? 0 }];
    case 'integer':
      return [name, { kind, value: integer ?? 0 }];
    case 'string':
      return [name, { kind, value: string ?? '' }];
    case 'floats':
      return [name, { kind, value: floats }];
    case 'integers':
      return [name, { kind, value: integers }];
    case 'strings':
      return [name, { kind, value: strings }];
    case 'tensor':
      return [name, tensor === undefined ? { kind: 'unsupported', value: 'empty tensor' } : { kind, value: tensor }];
    case 'graph':
      return [name, graph === undefined ? { kind: 'unsupported', value: 'empty graph' } : { kind, value: graph }];
    case 'unsupported':
      return [name, { kind, value: `attribute type ${type ?? 'unknown'}` }];
  }
}

function guessKind(
  float: number | undefined,
  integer: number | undefined,
  string: string | undefined,
  tensor: OnnxTensor | undefined,
  graph: OnnxGraph | undefined,
  floats: readonly number[],
  integers: readonly number[],
  strings: readonly string[],
): OnnxAttribute['kind'] {
  if (float !== undefined) return 'float';
  if (integer !== undefined) return 'integer';
  if (string !== undefined) return 'string';
  if (tensor !== undefined) return 'tensor';
  if (graph !== undefined) return 'graph';
  if (floats.length > 0) return 'floats';
  if (strings.length > 0) return 'strings';
  return integers.length > 0 ? 'integers' : 'unsupported';
}

/** String attributes are bytes; those that matter here are ASCII. */
function latin(region: Region): string {
  return Buffer.from(region.bytes.buffer, region.bytes.byteOffset, region.bytes.length).toString('latin1');
}
