import { beyondLimit } from '../errors.js';
import { limits } from '../limits.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from './model.js';
import { readAttribute } from './read-attribute.js';
import { readTensor } from './read-tensor.js';
import { readValueInfo } from './read-value-info.js';
import { readFields, type FieldReader, type Region } from './wire.js';

/** Reads a GraphProto; `depth` is that of the graphs around it. */
export function readGraph(message: Region, depth = 0): OnnxGraph {
  if (depth > limits.graphDepth)
    throw beyondLimit(
      message.file,
      `Graphs lie in each other deeper than ${limits.graphDepth} levels.`,
      undefined,
      message.offset,
    );
  let name = '';
  let sparseInitializers = 0;
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  const valueInfos: OnnxValueInfo[] = [];
  function into<Item>(
    list: Item[],
    limit: number,
    what: string,
    read: (region: Region) => Item,
  ): (field: FieldReader) => void {
    return field => {
      if (list.length >= limit)
        throw beyondLimit(message.file, `The model has more than ${limit} ${what}.`, undefined, field.byteOffset);
      list.push(read(field.region()));
    };
  }
  readFields(message, 'GraphProto', {
    1: into(nodes, limits.nodes, 'nodes', region => readNode(region, depth)),
    2: field => {
      name = field.text();
    },
    5: into(initializers, limits.initializers, 'initializers', readTensor),
    11: into(inputs, limits.valueInfos, 'inputs', readValueInfo),
    12: into(outputs, limits.valueInfos, 'outputs', readValueInfo),
    13: into(valueInfos, limits.valueInfos, 'value infos', readValueInfo),
    15: () => {
      sparseInitializers += 1;
    },
  });
  return { name, nodes, initializers, inputs, outputs, valueInfos, sparseInitializers };
}

function readNode(message: Region, depth: number): OnnxNode {
  let name = '';
  let operator = '';
  let domain = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  readFields(message, 'NodeProto', {
    1: field => {
      inputs.push(field.text());
    },
    2: field => {
      outputs.push(field.text());
    },
    3: field => {
      name = field.text();
    },
    4: field => {
      operator = field.text();
    },
    5: field => {
      const [key, value] = readAttribute(field.region(), region => readGraph(region, depth + 1));
      attributes.set(key, value);
    },
    7: field => {
      domain = field.text();
    },
  });
  if (Math.max(inputs.length, outputs.length, attributes.size) > limits.namesPerNode) {
    throw beyondLimit(
      message.file,
      `Node '${name}' has more than ${limits.namesPerNode} inputs, outputs or attributes.`,
      name,
      message.offset,
    );
  }
  return {
    name,
    operator,
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs,
    outputs,
    attributes,
    captures: capturesOf(attributes),
    byteOffset: message.offset,
  };
}

const none: readonly string[] = [];

/** Names that graphs in attributes use and do not make themselves. */
function capturesOf(attributes: ReadonlyMap<string, OnnxAttribute>): readonly string[] {
  const captured = new Set<string>();
  for (const attribute of attributes.values()) {
    if (attribute.kind !== 'graph') continue;
    const { nodes, inputs, initializers, outputs } = attribute.value;
    const own = new Set([...inputs, ...initializers].map(({ name }) => name));
    for (const node of nodes) for (const name of node.outputs) own.add(name);
    const use = (name: string): void => {
      if (name !== '' && !own.has(name)) captured.add(name);
    };
    for (const node of nodes) [...node.inputs, ...node.captures].forEach(use);
    for (const { name } of outputs) use(name);
  }
  return captured.size === 0 ? none : [...captured];
}
