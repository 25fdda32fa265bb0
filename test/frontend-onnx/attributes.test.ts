import { readFileSync } from 'node:fs';
import { importOnnx, knownOperators } from '@autodnnchip/plugin-frontend-onnx';
import type { Operator } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { findRule } from '../../plugins/frontend-onnx/src/operators/table.js';
import { suite } from '../support/suite.js';
import { encodeModel, type NodeSpec } from './onnx-writer.js';

const test = suite('frontend-onnx: attributes that are known');

/**
 * Attributes of the standard operators with the first (1: at most 7) and last operator set that has them, from
 * `onnx.defs.get_all_schemas_with_history()` of onnx 1.23.2.
 */
const schemas = JSON.parse(readFileSync(new URL('onnx-attributes.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, readonly [number, number | null]>
>;

test('the rules know exactly the attributes that ONNX has, in the operator sets that have them', () => {
  const standard = knownOperators().filter(name => !name.includes(':'));
  assert.ok(standard.length > 120);
  for (const name of standard) {
    const rule = findRule('', name)?.attributes ?? {};
    assert.equal(Object.keys(rule).sort(), Object.keys(schemas[name] ?? {}).sort(), name);
    for (const [attribute, [first, last]] of Object.entries(schemas[name] ?? {})) {
      assert.is(rule[attribute]?.[1], last ?? Infinity, `${name} ${attribute}`);
      // An attribute as old as its operator is known always; SpaceToDepth's mode is known one set before its release.
      assert.ok((rule[attribute]?.[0] ?? Infinity) <= first, `${name} ${attribute}`);
    }
  }
});

function readNode(node: NodeSpec, opset = 17): Operator {
  const model = encodeModel({
    opset,
    inputs: [{ name: 'x', shape: [1, 8, 8, 8] }],
    outputs: [{ name: 'y' }],
    nodes: [{ inputs: ['x'], name: 'node', ...node }],
    initializers: [{ name: 'w', type: 'float', shape: [8, 8, 1, 1], raw: new Uint8Array(256) }],
  });
  return importOnnx('test.onnx', model, { weights: true }).operators[0];
}

function reasonAgainst(node: NodeSpec, opset = 17): string {
  const operator = readNode(node, opset);
  return operator.kind === 'other' ? operator.attributes.reason : `translated to ${operator.kind}`;
}

const strangers: readonly NodeSpec[] = [
  { operator: 'Relu', attributes: { max: { float: 6 } } },
  { operator: 'Conv', inputs: ['x', 'w'], attributes: { activation: 'Relu' } },
  { operator: 'MaxPool', attributes: { count_include_pad: 1, kernel_shape: [2, 2] } },
  { operator: 'GlobalAveragePool', attributes: { keepdims: 0 } },
  { operator: 'Add', inputs: ['x', 'x'], attributes: { broadcast: 1, axis: 1 } },
  { operator: 'Transpose', attributes: { axes: [0, 2, 3, 1] } },
  { operator: 'Sigmoid', attributes: { constructor: 1 } },
  {
    operator: 'QLinearSigmoid',
    domain: 'com.microsoft',
    inputs: ['x', 'w', 'w', 'w', 'w'],
    attributes: { alpha: { float: 2 } },
  },
  { operator: 'Identity', attributes: { mode: 'x' } },
];
for (const node of strangers) {
  const [name] = Object.keys(node.attributes ?? {});
  test(`${node.operator} with ${name}: refused by the attribute's name`, () =>
    assert.is(reasonAgainst(node), `its attribute '${name}' is not known`));
}

test('an attribute of another operator set is refused with the set that has it', () => {
  assert.match(
    reasonAgainst({ operator: 'Squeeze', attributes: { axes: [0] } }, 13),
    /'axes' does not exist in operator set 13 \(it went after 12\)/,
  );
  assert.match(
    reasonAgainst({ operator: 'AveragePool', attributes: { kernel_shape: [2, 2], dilations: [2, 2] } }, 17),
    /'dilations' does not exist in operator set 17 \(it came with 19\)/,
  );
  assert.match(reasonAgainst({ operator: 'Clip', attributes: { max: { float: 6 } } }, 11), /'max' does not exist/);
  assert.is(readNode({ operator: 'Clip', attributes: { max: { float: 6 } } }, 10).kind, 'clip');
  assert.is(
    readNode({ operator: 'AveragePool', attributes: { kernel_shape: [2, 2], dilations: [2, 2] } }, 19).kind,
    'averagePool',
  );
});

test('names of tools are let pass, as ONNX does', () => {
  assert.is(readNode({ operator: 'Relu', attributes: { __layer: 'conv1' } }).kind, 'unary');
});

test('SpaceToDepth honours its mode, and refuses one that does not exist', () => {
  const orderOf = (mode?: string): unknown => {
    const operator = readNode(
      { operator: 'SpaceToDepth', attributes: { blocksize: 2, ...(mode === undefined ? {} : { mode }) } },
      28,
    );
    return operator.kind === 'spaceToDepth'
      ? operator.attributes.order
      : operator.kind === 'other'
        ? operator.attributes.reason
        : operator.kind;
  };
  assert.equal([undefined, 'DCR', 'CRD', 'CDR'].map(orderOf), [
    'blocksFirst',
    'blocksFirst',
    'channelsFirst',
    "its mode 'CDR' is not known",
  ]);
  assert.match(
    reasonAgainst({ operator: 'SpaceToDepth', attributes: { blocksize: 2, mode: 'CRD' } }, 13),
    /does not exist in operator set 13/,
  );
});

test('attributes that are known and mean something else than the rules do are refused', () => {
  const statistics = ['w1', 'w1', 'w1', 'w1'];
  const reasonOf = (node: NodeSpec, opset: number): string => {
    const type = node.operator === 'QuantizeLinear' ? 'int8' : 'float';
    const model = encodeModel({
      opset,
      inputs: [{ name: 'x', shape: [1, 8, 8, 8] }],
      outputs: [{ name: 'y', type }],
      nodes: [{ name: 'node', ...node }],
      initializers: [
        { name: 'w1', type: 'float', shape: [8], raw: new Uint8Array(32) },
        { name: 's', type: 'float', shape: [], typed: [0.5] },
        { name: 'z', type: 'int8', shape: [], typed: [0] },
      ],
    });
    const [operator] = importOnnx('test.onnx', model, { weights: true }).operators;
    return operator.kind === 'other' ? operator.attributes.reason : operator.kind;
  };
  assert.match(
    reasonOf({ operator: 'BatchNormalization', inputs: ['x', ...statistics], attributes: { spatial: 0 } }, 8),
    /spatial is 0/,
  );
  assert.match(
    reasonOf({ operator: 'BatchNormalization', inputs: ['x', ...statistics], attributes: { training_mode: 1 } }, 15),
    /training mode/,
  );
  assert.match(
    reasonOf({ operator: 'DepthToSpace', inputs: ['x'], attributes: { blocksize: 2, mode: 'XYZ' } }, 13),
    /mode 'XYZ' is not known/,
  );
  assert.match(
    reasonOf({ operator: 'DepthToSpace', inputs: ['x'], attributes: { blocksize: 2, mode: 'CRD' } }, 13),
    /neither the chip nor the reference executor/,
  );
  assert.match(
    reasonOf({ operator: 'QuantizeLinear', inputs: ['x', 's', 'z'], attributes: { precision: 11 } }, 23),
    /float32 is supported/,
  );
  assert.is(
    reasonOf({ operator: 'QuantizeLinear', inputs: ['x', 's', 'z'], attributes: { precision: 1, saturate: 0 } }, 23),
    'quantize',
  );
});

test.run();
