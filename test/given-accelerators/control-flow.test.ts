import * as assert from 'uvu/assert';
import { floats, int64s, type GraphSpec, type ModelSpec, type NodeSpec } from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';
import { listed, networkOf, platforms, predict, products, totalProducts } from './all-platforms.js';

const flow = suite('graphs inside nodes', { timeLimitSeconds: 120 });

const node = (
  operator: string,
  name: string,
  inputs: readonly string[],
  attributes: NodeSpec['attributes'] = {},
): NodeSpec => ({ operator, name, inputs, outputs: [`${name}_y`], attributes });
const branch = (
  nodes: readonly NodeSpec[],
  output: string,
  initializers: GraphSpec['initializers'] = [],
): { readonly graph: GraphSpec } => ({ graph: { nodes, inputs: [], outputs: [{ name: output }], initializers } });
const strided = { pads: [1, 1, 1, 1], strides: [2, 2] };
const yes = { name: 'yes', type: 'bool', shape: [], raw: Uint8Array.of(1) } as const;

const backboneNodes: readonly NodeSpec[] = [
  node('Conv', 'c1', ['x', 'w1'], strided),
  node('Relu', 'r1', ['c1_y']),
  node('Conv', 'c2', ['r1_y', 'w2'], strided),
  node('Relu', 'r2', ['c2_y']),
  node('Conv', 'c3', ['r2_y', 'w3'], strided),
  node('Relu', 'r3', ['c3_y']),
  node('GlobalAveragePool', 'gap', ['r3_y']),
  node('Squeeze', 'sq', ['gap_y', 'axes']),
];
const backboneWeights = [
  floats('w1', [16, 3, 3, 3]),
  floats('w2', [32, 16, 3, 3]),
  floats('w3', [48, 32, 3, 3]),
  int64s('axes', [3]),
  int64s('last', [2], []),
  int64s('one', [1], []),
  floats('w4', [10, 48]),
];

/** As torch.squeeze(dim) is exported: an If on the extent of a dimension, whose branches read what went before. */
function squeezed(condition: readonly NodeSpec[], extra: Partial<ModelSpec> = {}): ModelSpec {
  return {
    inputs: [{ name: 'x', shape: [1, 3, 32, 32] }, ...(extra.inputs ?? [])],
    outputs: [{ name: 'fc_y' }],
    initializers: [...backboneWeights, yes],
    nodes: [
      ...backboneNodes,
      ...condition,
      {
        ...node('If', 'if', [condition.at(-1)?.outputs?.[0] ?? 'flag'], {
          then_branch: branch([node('Squeeze', 'inner', ['sq_y', 'ax'])], 'inner_y', [int64s('ax', [2])]),
          else_branch: branch([node('Identity', 'same', ['sq_y'])], 'same_y'),
        }),
        outputs: ['if_y'],
      },
      node('Gemm', 'fc', ['if_y', 'w4'], { transB: 1 }),
    ],
  };
}

const onShape = [
  node('Shape', 'shape', ['sq_y']),
  node('Gather', 'extent', ['shape_y', 'last']),
  node('Equal', 'is1', ['extent_y', 'one']),
];
const wholeNetwork = { c1: 110_592, c2: 294_912, c3: 221_184, fc: 480 };

flow('an If on a known shape is resolved: the network is all there', () => {
  for (const { id } of platforms) {
    const prediction = predict(squeezed(onShape), id);
    assert.equal(products(prediction), wholeNetwork, id);
    assert.is(totalProducts(prediction), 627_168);
  }
  const { nodes } = predict(squeezed(onShape), 'jetson-tx2');
  assert.match(JSON.stringify(nodes.find(({ name }) => name === 'if')), 'the nodes of its then_branch take its place');
  assert.match(JSON.stringify(nodes.find(({ name }) => name === 'if/else_branch/same')), 'never takes this branch');
  assert.is(
    networkOf(squeezed(onShape)).operators.some(({ sourceType }) => sourceType === 'If'),
    false,
  );
});

flow('an If whose condition is computed is listed with what is in it; what it reads from outside is costed', () => {
  const spec = squeezed([], { inputs: [{ name: 'flag', type: 'bool', shape: [] }] });
  for (const { id } of platforms) {
    const prediction = predict(spec, id);
    const { c1, c2, c3 } = wholeNetwork;
    assert.equal(products(prediction), { c1, c2, c3 }, id);
    assert.match(
      listed(prediction).get('if') ?? '',
      /its condition is computed while it runs \(then_branch: Squeeze; else_branch: Identity\)/,
    );
    assert.ok(listed(prediction).has('fc'), 'nothing is known of the shape behind it');
    for (const inner of ['if/then_branch/inner', 'if/else_branch/same'])
      assert.is(prediction.nodes.find(({ name }) => name === inner)?.fate, 'notCosted');
  }
});

flow('branches in branches: the inner one takes its names from the graphs around it', () => {
  const inner = branch([node('Conv', 'deep', ['r2_y', 'own'], strided), node('Relu', 'relu', ['deep_y'])], 'relu_y', [
    floats('own', [48, 32, 3, 3]),
  ]);
  const spec: ModelSpec = {
    inputs: [{ name: 'x', shape: [1, 3, 32, 32] }],
    outputs: [{ name: 'gap_y' }],
    initializers: [...backboneWeights, yes],
    nodes: [
      ...backboneNodes.slice(0, 4),
      node('If', 'outer', ['yes'], {
        then_branch: branch(
          [
            node('Relu', 'relu', ['r2_y']),
            node('If', 'nested', ['yes'], {
              then_branch: inner,
              else_branch: branch([node('Identity', 'i', ['relu_y'])], 'i_y'),
            }),
          ],
          'nested_y',
        ),
        else_branch: branch([node('Identity', 'i', ['r2_y'])], 'i_y'),
      }),
      node('GlobalAveragePool', 'gap', ['outer_y']),
    ],
  };
  const network = networkOf(spec);
  assert.equal(
    network.operators.map(({ sourceType }) => sourceType),
    ['Conv', 'Relu', 'Conv', 'Relu', 'Conv', 'Relu', 'GlobalAveragePool'],
  );
  for (const { id } of platforms) assert.is(totalProducts(predict(network, id)), 110_592 + 294_912 + 221_184, id);
});

flow('two Ifs whose branches use the same names', () => {
  const squeeze = (name: string, input: string): NodeSpec =>
    node('If', name, ['yes'], {
      then_branch: branch([node('Conv', 'c', [input, 'w'], { pads: [1, 1, 1, 1] })], 'c_y'),
      else_branch: branch([node('Identity', 'i', [input])], 'i_y'),
    });
  const spec: ModelSpec = {
    inputs: [{ name: 'x', shape: [1, 4, 8, 8] }],
    outputs: [{ name: 'b_y' }],
    initializers: [yes, floats('w', [4, 4, 3, 3])],
    nodes: [squeeze('a', 'x'), squeeze('b', 'a_y')],
  };
  for (const { id } of platforms) assert.is(totalProducts(predict(spec, id)), 2 * 4 * 4 * 9 * 64, id);
});

flow('a Loop and what it reads: the layers before it stay, the loop is listed', () => {
  const body: GraphSpec = {
    inputs: [
      { name: 'i', type: 'int64', shape: [] },
      { name: 'go', type: 'bool', shape: [] },
      { name: 'state', shape: [1, 48, 4, 4] },
    ],
    nodes: [
      node('Add', 'sum', ['state', 'r3_y']),
      node('Conv', 'again', ['sum_y', 'w5'], { pads: [1, 1, 1, 1] }),
      node('Identity', 'keep', ['go']),
    ],
    outputs: [{ name: 'keep_y' }, { name: 'again_y' }],
  };
  const spec: ModelSpec = {
    inputs: [
      { name: 'x', shape: [1, 3, 32, 32] },
      { name: 'start', shape: [1, 48, 4, 4] },
      { name: 'times', type: 'int64', shape: [] },
    ],
    outputs: [{ name: 'c4_y' }],
    initializers: [...backboneWeights, yes, floats('w5', [48, 48, 3, 3])],
    valueInfos: [{ name: 'loop_y', shape: [1, 48, 4, 4] }],
    nodes: [
      ...backboneNodes.slice(0, 6),
      node('Loop', 'loop', ['times', 'yes', 'start'], { body: { graph: body } }),
      node('Conv', 'c4', ['loop_y', 'w5'], { pads: [1, 1, 1, 1] }),
    ],
  };
  for (const { id } of platforms) {
    const prediction = predict(spec, id);
    const { c1, c2, c3 } = wholeNetwork;
    assert.equal(products(prediction), { c1, c2, c3, c4: 48 * 48 * 9 * 16 }, id);
    assert.match(
      listed(prediction).get('loop') ?? '',
      /how often its nodes run is decided while it runs \(body: Add, Conv, Identity\)/,
    );
  }
});

flow('a function of the model itself is listed, and what it reads is costed', () => {
  const spec: ModelSpec = {
    inputs: [{ name: 'x', shape: [1, 3, 32, 32] }],
    outputs: [{ name: 'f_y', shape: [1, 48, 4, 4] }],
    initializers: backboneWeights,
    nodes: [...backboneNodes.slice(0, 6), { ...node('ConvRelu', 'f', ['r3_y']), domain: 'local' }],
  };
  for (const { id } of platforms) {
    const { c1, c2, c3 } = wholeNetwork;
    assert.equal(products(predict(spec, id)), { c1, c2, c3 }, id);
    assert.ok(listed(predict(spec, id)).has('f'), id);
  }
});

flow.run();
