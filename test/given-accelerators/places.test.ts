import type { PlacementRule } from '@autodnnchip/core';
import {
  dpuPlaces,
  edgeTpuPlaces,
  gpuPlaces,
  outputStationaryPlaces,
  rowStationaryPlaces,
  usualPlaces,
} from '@autodnnchip/plugin-given-accelerators';
import * as assert from 'uvu/assert';
import { floats, type AttributeSpec, type ModelSpec, type NodeSpec } from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';
import { listed, networkOf, platforms, predict } from './all-platforms.js';

const places = suite('where operators run', { timeLimitSeconds: 120 });

const node = (
  operator: string,
  name: string,
  inputs: readonly string[],
  attributes: NodeSpec['attributes'] = {},
): NodeSpec => ({ operator, name, inputs, outputs: [`${name}_y`], attributes });

/** A convolution, one operator, a convolution. */
function between(
  operator: string,
  attributes: Readonly<Record<string, AttributeSpec>> = {},
  others: readonly string[] = [],
  initializers: ModelSpec['initializers'] = [],
): ModelSpec {
  return {
    opset: 20,
    inputs: [{ name: 'x', shape: [1, 16, 32, 32] }],
    outputs: [{ name: 'c2_y' }],
    initializers: [floats('w', [16, 16, 3, 3]), ...initializers],
    nodes: [
      node('Conv', 'c1', ['x', 'w'], { pads: [1, 1, 1, 1] }),
      node(operator, 'a', ['c1_y', ...others], attributes),
      node('Conv', 'c2', ['a_y', 'w'], { pads: [1, 1, 1, 1] }),
    ],
  };
}

const float = (value: number): AttributeSpec => ({ float: value });
const limits = (low: number, high: number): readonly [readonly string[], ModelSpec['initializers']] => [
  ['low', 'high'],
  [floats('low', [], [low]), floats('high', [], [high])],
];
const activations: Readonly<Record<string, ModelSpec>> = {
  relu: between('Relu'),
  'leaky 0.1': between('LeakyRelu', { alpha: float(0.1) }),
  'leaky 26/256': between('LeakyRelu', { alpha: float(26 / 256) }),
  'leaky 0.3': between('LeakyRelu', { alpha: float(0.3) }),
  'leaky 0.01': between('LeakyRelu'),
  relu6: between('Clip', {}, ...limits(0, 6)),
  'clip to 1': between('Clip', {}, ...limits(-1, 1)),
  'clip to 4': between('Clip', {}, ...limits(0, 4)),
  sigmoid: between('Sigmoid'),
  tanh: between('Tanh'),
  gelu: between('Gelu'),
  elu: between('Elu'),
  erf: between('Erf'),
  exp: between('Exp'),
  hardSigmoid: between('HardSigmoid'),
  hardSwish: between('HardSwish'),
  selu: between('Selu'),
  softplus: between('Softplus'),
  mish: between('Mish'),
  prelu: between('PRelu', {}, ['slope'], [floats('slope', [16, 1, 1])]),
  lrn: between('LRN', { size: 5 }),
  norm: between('InstanceNormalization', {}, ['g', 'b'], [floats('g', [16]), floats('b', [16])]),
};

/** What runs on the accelerator, along with the layer before or by itself; everything else has to be listed. */
const runs: Readonly<Record<string, readonly string[]>> = {
  dpu: ['relu', 'leaky 0.1', 'leaky 26/256', 'relu6'],
  'edge-tpu': ['relu', 'relu6', 'clip to 1', 'sigmoid', 'tanh', 'prelu', 'lrn'],
  jetson: Object.keys(activations).filter(name => name !== 'norm'),
  eyeriss: ['relu'],
  shidiannao: [
    'relu',
    'leaky 0.1',
    'leaky 26/256',
    'leaky 0.3',
    'leaky 0.01',
    'relu6',
    'clip to 1',
    'clip to 4',
    'sigmoid',
    'tanh',
    'hardSigmoid',
  ],
};

places(
  'every activation runs where the accelerator runs it, and is listed with where it runs elsewhere: never free',
  () => {
    for (const { id } of platforms) {
      const own = Object.entries(runs).find(([family]) => id.startsWith(family))?.[1] ?? [];
      for (const [name, spec] of Object.entries(activations)) {
        const { prediction, nodes } = predict(spec, id);
        const fate = nodes.find(account => account.name === 'a');
        const reason = new Map(prediction.notCosted.map(entry => [entry.name, entry.reason])).get('a');
        assert.is(reason === undefined, own.includes(name), `${id} ${name}: ${reason ?? 'not listed'}`);
        assert.is(fate?.fate === 'notCosted', reason !== undefined, `${id} ${name}`);
        if (fate?.fate === 'costed')
          assert.ok((prediction.layers.find(layer => layer.name === 'a')?.latencyCycles ?? 0) > 0, `${id} ${name}`);
        if (reason !== undefined)
          assert.match(reason, id.startsWith('dpu') && name !== 'norm' ? /processor/ : /host|published|covers/);
      }
    }
  },
);

places('an activation amid the core stops what the compiler would join', () => {
  const pooled = (operator: string): ModelSpec => ({
    opset: 20,
    inputs: [{ name: 'x', shape: [1, 16, 32, 32] }],
    outputs: [{ name: 'p_y' }],
    initializers: [floats('w', [16, 16, 3, 3])],
    nodes: [
      node('Conv', 'c', ['x', 'w'], { pads: [1, 1, 1, 1] }),
      node(operator, 'a', ['c_y']),
      node('MaxPool', 'p', ['a_y'], { kernel_shape: [2, 2], strides: [2, 2] }),
    ],
  });
  const pool = (operator: string): number =>
    predict(pooled(operator), 'dpu-b4096-kv260').prediction.layers.find(({ name }) => name === 'p')?.latencyCycles ??
    NaN;
  assert.is(pool('Relu'), 0);
  assert.ok(pool('Sigmoid') > 0);
});

places('resizing, sums with constants and maps that are multiplied: costed or listed, on every accelerator', () => {
  const scales = [floats('scales', [4], [1, 1, 2, 2])];
  const specs: Readonly<Record<string, ModelSpec>> = {
    resize: between('Resize', { mode: 'nearest' }, ['', 'scales'], scales),
    cubic: between('Resize', { mode: 'cubic' }, ['', 'scales'], scales),
    'a whole map as a constant': between('Add', {}, ['m'], [floats('m', [1, 16, 32, 32])]),
    'maps that are multiplied': between('Mul', {}, ['c1_y']),
    'a constant over the map': between('Div', {}, ['m'], [floats('m', [1, 16, 32, 32])]),
  };
  for (const { id } of platforms) {
    for (const [name, spec] of Object.entries(specs)) {
      const prediction = predict(spec, id);
      const costed = prediction.prediction.layers.some(layer => layer.name === 'a');
      assert.is(costed, !listed(prediction).has('a'), `${id} ${name}`);
    }
    assert.ok(
      !listed(predict(between('Mul', {}, ['m'], [floats('m', [16, 1, 1])]), id)).has('a'),
      'a scale per channel is part of the weights',
    );
  }
  assert.ok(listed(predict(specs['cubic'], 'dpu-b4096-kv260')).has('a'));
});

places('a product that is listed says what is wrong with its weights', () => {
  const reasonOf = (
    x: readonly number[],
    factors: readonly string[],
    weight: readonly number[],
    id: string,
  ): string | undefined =>
    listed(
      predict(
        {
          inputs: [{ name: 'x', shape: x }],
          outputs: [{ name: 'm_y' }],
          initializers: [floats('w', weight)],
          nodes: [node('MatMul', 'm', factors)],
        },
        id,
      ),
    ).get('m');
  for (const id of ['dpu-b4096-kv260', 'edge-tpu-usb', 'eyeriss']) {
    assert.match(reasonOf([16, 9], ['w', 'x'], [12, 16], id) ?? '', 'its constant is the first factor');
    assert.match(reasonOf([5, 16], ['x', 'w'], [3, 16, 12], id) ?? '', 'it has 3 matrices of weights');
    assert.match(reasonOf([16, 16], ['x', 'x'], [1], id) ?? '', 'its weights are computed');
    for (const weight of [[16], [16, 12], [1, 16, 12]])
      assert.is(reasonOf([1, 16], ['x', 'w'], weight, id), undefined, `${id} [${weight.join()}]`);
  }
});

places('every rule answers for every kind of operator that a front end makes', () => {
  const rules: readonly PlacementRule[] = [
    dpuPlaces,
    edgeTpuPlaces,
    gpuPlaces,
    outputStationaryPlaces,
    rowStationaryPlaces,
    usualPlaces,
  ];
  for (const spec of Object.values(activations)) {
    const { operators, tensors } = networkOf(spec);
    for (const rule of rules) {
      for (const operator of operators) {
        const place = rule(operator, { tensors, isConstant: name => tensors.get(name)?.role === 'constant' });
        assert.ok(place === 'fused' || place === 'layer' || place.elsewhere.length > 10);
      }
    }
  }
});

places.run();
