import { beyondLimit } from '../errors.js';
import { limits } from '../limits.js';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './model.js';
import { readTensor } from './read-tensor.js';
import { readFields, type Region } from './wire.js';

/** Reads a NodeProto. Subgraphs in attributes are not decoded. */
export function readNode(message: Region): OnnxNode {
  let name = '';
  let operator = '';
  let domain = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  readFields(message, 'NodeProto', {
    1: (field) => { inputs.push(field.text()); },
    2: (field) => { outputs.push(field.text()); },
    3: (field) => { name = field.text(); },
    4: (field) => { operator = field.text(); },
    5: (field) => {
      const [key, value] = readAttribute(field.region());
      attributes.set(key, value);
    },
    7: (field) => { domain = field.text(); },
  });
  if (Math.max(inputs.length, outputs.length, attributes.size) > limits.namesPerNode) {
    throw beyondLimit(message.file, `Node '${name}' has more than ${limits.namesPerNode} inputs, outputs or attributes.`, name, message.offset);
  }
  return { name, operator, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes, byteOffset: message.offset };
}

/** AttributeProto.AttributeType; files older than IR version 2 leave it out. */
const attributeTypes: Readonly<Record<number, OnnxAttribute['kind']>> = {
  1: 'float', 2: 'integer', 3: 'string', 4: 'tensor', 6: 'floats', 7: 'integers', 8: 'strings',
};

function readAttribute(message: Region): readonly [string, OnnxAttribute] {
  let name = '';
  let type: number | undefined;
  let float: number | undefined;
  let integer: number | undefined;
  let string: string | undefined;
  let tensor: OnnxTensor | undefined;
  let reference = '';
  const floats: number[] = [];
  const integers: number[] = [];
  const strings: string[] = [];
  readFields(message, 'AttributeProto', {
    1: (field) => { name = field.text(); },
    2: (field) => { float = field.float(); },
    3: (field) => { integer = field.integer(); },
    4: (field) => { string = latin(field.region()); },
    5: (field) => { tensor = readTensor(field.region()); },
    7: (field) => field.floatsInto(floats, limits.attributeElements),
    8: (field) => field.integersInto(integers, limits.attributeElements),
    9: (field) => { strings.push(latin(field.region())); },
    20: (field) => { type = field.integer(); },
    21: (field) => { reference = field.text(); },
  });
  const kind = type === undefined ? guessKind(float, integer, string, tensor, floats, integers, strings) : attributeTypes[type] ?? 'unsupported';
  if (reference !== '') return [name, { kind: 'unsupported', value: `reference to ${reference}` }];
  switch (kind) {
    case 'float': return [name, { kind, value: float ?? 0 }];
    case 'integer': return [name, { kind, value: integer ?? 0 }];
    case 'string': return [name, { kind, value: string ?? '' }];
    case 'floats': return [name, { kind, value: floats }];
    case 'integers': return [name, { kind, value: integers }];
    case 'strings': return [name, { kind, value: strings }];
    case 'tensor': return [name, tensor === undefined ? { kind: 'unsupported', value: 'empty tensor' } : { kind, value: tensor }];
    case 'unsupported': return [name, { kind, value: `attribute type ${type ?? 'unknown'}` }];
  }
}

function guessKind(
  float: number | undefined, integer: number | undefined, string: string | undefined, tensor: OnnxTensor | undefined,
  floats: readonly number[], integers: readonly number[], strings: readonly string[],
): OnnxAttribute['kind'] {
  if (float !== undefined) return 'float';
  if (integer !== undefined) return 'integer';
  if (string !== undefined) return 'string';
  if (tensor !== undefined) return 'tensor';
  if (floats.length > 0) return 'floats';
  if (strings.length > 0) return 'strings';
  return integers.length > 0 ? 'integers' : 'unsupported';
}

/** String attributes are bytes; those that matter here are ASCII. */
function latin(region: Region): string {
  return Buffer.from(region.bytes.buffer, region.bytes.byteOffset, region.bytes.length).toString('latin1');
}
