import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ChipError, type Network } from '@autodnnchip/core';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { platforms, predict } from './all-platforms.js';

const everyNode = suite('every node of every file', { timeLimitSeconds: 300 });

/** Message fields on the way to nodes: a model's graph, a graph's nodes, their attributes, and graphs in those. */
const graphOfModel = 7;
const nodesOfGraph = 1;
const attributesOfNode = 5;
const graphOfAttribute = 6;
const operatorOfNode = 4;

/** The messages and texts of one field, by a reader of its own: the front end is what is checked. */
function fields(message: Uint8Array, number: number): readonly Uint8Array[] {
  const reader = new BinaryReader(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === number && wire === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(wire, field);
  }
  return found;
}

/** Operator types of all nodes of a graph, those of graphs inside nodes among them. */
function operatorTypes(graph: Uint8Array): readonly string[] {
  return fields(graph, nodesOfGraph).flatMap(node => [
    fields(node, operatorOfNode).map(text => Buffer.from(text).toString('utf8'))[0] ?? '',
    ...fields(node, attributesOfNode).flatMap(attribute => fields(attribute, graphOfAttribute).flatMap(operatorTypes)),
  ]);
}

/** What may be folded away though it reads values that are computed: it changes neither values nor their order. */
const changesNothing = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
  'Cast',
  'CastLike',
  'QuantizeLinear',
  'DequantizeLinear',
  'Pad',
  'If',
]);

/** Holds each node of a file against what every accelerator says of it. */
function check(file: string, network: Network): void {
  const inFile = fields(readFileSync(file), graphOfModel).flatMap(operatorTypes);
  const read = new Set(network.operators.map(({ name }) => name));
  const constants = constantOperators(network);
  const recorded = new Map((network.nodes ?? []).map(node => [node.name, node]));
  assert.equal(
    [...recorded.values()].map(({ operator }) => operator).sort(),
    [...inFile].sort(),
    `${file}: every node of the file is recorded once`,
  );
  for (const { id } of platforms) {
    const { prediction, nodes } = predict(network, id);
    const where = `${file} on ${id}`;
    const layers = new Set(prediction.layers.map(({ name }) => name));
    const listed = new Set(prediction.notCosted.map(({ name }) => name));
    const accounted = new Set(nodes.map(({ name }) => name));
    assert.is(accounted.size, nodes.length, where);
    for (const name of recorded.keys()) assert.ok(accounted.has(name), `${where}: ${name} has no account`);
    for (const account of nodes) {
      const text = `${where}: ${account.name} (${account.operator}) ${JSON.stringify(account)}`;
      const became = recorded.get(account.name)?.became ?? [account.name];
      if (account.fate === 'costed' || account.fate === 'merged') assert.ok(layers.has(account.layer), text);
      else assert.ok(account.reason.length > 10, text);
      // Listed itself, or with the layer that it goes with or the node that it is part of.
      if (account.fate === 'notCosted')
        assert.ok(became.some(name => listed.has(name)) || account.reason.startsWith('it goes with '), text);
      if (account.fate === 'folded' && became.some(name => read.has(name) && !constants.has(name)))
        assert.ok(changesNothing.has(account.operator) || account.reason.includes('no elements'), text);
    }
    for (const { name, utilization, multiplyAccumulates, latencyCycles, energyPicojoules } of prediction.layers) {
      assert.ok(utilization >= 0 && utilization <= 1 + 1e-9, `${where}: ${name} uses ${utilization}`);
      assert.ok(
        Number.isInteger(multiplyAccumulates) &&
          multiplyAccumulates >= 0 &&
          Number.isFinite(latencyCycles) &&
          Number.isFinite(energyPicojoules),
        `${where}: ${name}`,
      );
    }
  }
}

/** Operators whose results follow from constants alone, each walked back to what it reads. */
function constantOperators({ operators, tensors }: Network): ReadonlySet<string> {
  const makers = new Map(operators.flatMap(operator => operator.outputs.map(output => [output, operator] as const)));
  const known = new Map<string, boolean>();
  const constant = (tensor: string): boolean => {
    const before = known.get(tensor);
    if (before !== undefined) return before;
    const maker = makers.get(tensor);
    const found =
      maker === undefined
        ? tensors.get(tensor)?.role === 'constant'
        : maker.inputs.length > 0 && maker.inputs.every(constant);
    known.set(tensor, found);
    return found;
  };
  return new Set(operators.filter(({ inputs }) => inputs.length > 0 && inputs.every(constant)).map(({ name }) => name));
}

function modelsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.onnx'))
    .sort()
    .map(name => join(folder, name));
}

everyNode('of the fixtures is costed, merged, folded with a reason or listed, on every accelerator', async () => {
  const files = modelsIn(fileURLToPath(new URL('../models', import.meta.url)));
  assert.ok(files.length > 60);
  for (const file of files) check(file, await readOnnxNetwork(file, { weights: false }));
});

/** Data of the package `onnx`: named in ONNX_TEST_DATA, or asked of Python. */
function packageData(): string | undefined {
  const named = process.env['ONNX_TEST_DATA'];
  if (named !== undefined) return named;
  const asked = spawnSync(
    'python3',
    ['-c', 'import onnx.backend.test, os; print(os.path.join(os.path.dirname(onnx.backend.test.__file__), "data"))'],
    { encoding: 'utf8', timeout: 30_000 },
  );
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

const data = packageData();
const folders = ['node', 'light', 'simple', 'pytorch-converted', 'pytorch-operator'].filter(
  folder => data !== undefined && existsSync(join(data, folder)),
);
if (folders.length === 0)
  process.stdout.write(
    '[skipped] every node of the backend tests of the package onnx (not installed: python3 with onnx; ONNX_TEST_DATA can name its backend/test/data)\n',
  );
for (const folder of folders) {
  everyNode(
    `of the package onnx, ${folder}: accounted for on every accelerator, or the file is refused with a code`,
    async () => {
      let accepted = 0;
      let refused = 0;
      for (const file of modelsIn(join(data ?? '', folder))) {
        let network: Network;
        try {
          network = await readOnnxNetwork(file, { weights: false });
        } catch (error) {
          if (!(error instanceof ChipError) || error.code.startsWith('ADC9')) throw error;
          refused += 1;
          continue;
        }
        check(file, network);
        accepted += 1;
      }
      process.stdout.write(`${folder}: ${accepted} files accounted for, ${refused} refused\n`);
      assert.ok(accepted > 0);
    },
  );
}

everyNode.run();
