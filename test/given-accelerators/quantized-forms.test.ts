import { fileURLToPath } from 'node:url';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { floats, int32s, int8s, type ModelSpec, type NodeSpec, type TensorSpec } from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';
import { listed, platforms, predict, products, totalProducts } from './all-platforms.js';

const forms = suite('one network in several forms', { timeLimitSeconds: 120 });

const scale = floats('s', [], [0.05]);
const zero = int8s('z', [], [0]);
const perChannel = (count: number): readonly TensorSpec[] => [
  floats(`s${count}`, [count], new Array<number>(count).fill(0.02)),
  int8s(`z${count}`, [count], new Array<number>(count).fill(0)),
];
const node = (
  operator: string,
  name: string,
  inputs: readonly string[],
  attributes: NodeSpec['attributes'] = {},
): NodeSpec => ({ operator, name, inputs, outputs: [`${name}_y`], attributes });
const padded = { pads: [1, 1, 1, 1] };

/** Two convolutions with what `weight` makes of a weight's name and shape. */
function convolutions(
  weight: (
    name: string,
    shape: readonly number[],
  ) => { readonly nodes: readonly NodeSpec[]; readonly initializers: readonly TensorSpec[]; readonly result: string },
): ModelSpec {
  const [first, second] = [weight('w1', [32, 16, 3, 3]), weight('w2', [32, 32, 3, 3])];
  return {
    opset: 21,
    inputs: [{ name: 'x', shape: [1, 16, 16, 16] }],
    outputs: [{ name: 'out_y' }],
    initializers: [scale, zero, ...perChannel(32), ...first.initializers, ...second.initializers],
    nodes: [
      ...first.nodes,
      ...second.nodes,
      node('QuantizeLinear', 'q0', ['x', 's', 'z']),
      node('DequantizeLinear', 'd0', ['q0_y', 's', 'z']),
      node('Conv', 'c1', ['d0_y', first.result], padded),
      node('Relu', 'r1', ['c1_y']),
      node('QuantizeLinear', 'q1', ['r1_y', 's', 'z']),
      node('DequantizeLinear', 'd1', ['q1_y', 's', 'z']),
      node('Conv', 'c2', ['d1_y', second.result], padded),
      node('QuantizeLinear', 'q2', ['c2_y', 's', 'z']),
      node('DequantizeLinear', 'out', ['q2_y', 's', 'z']),
    ],
  };
}

const float: ModelSpec = {
  inputs: [{ name: 'x', shape: [1, 16, 16, 16] }],
  outputs: [{ name: 'c2_y' }],
  initializers: [floats('w1', [32, 16, 3, 3]), floats('w2', [32, 32, 3, 3])],
  nodes: [
    node('Conv', 'c1', ['x', 'w1'], padded),
    node('Relu', 'r1', ['c1_y']),
    node('Conv', 'c2', ['r1_y', 'w2'], padded),
  ],
};

const dequantized = (name: string, shape: readonly number[]): ReturnType<Parameters<typeof convolutions>[0]> => ({
  initializers: [int8s(name, shape)],
  nodes: [node('DequantizeLinear', `d_${name}`, [name, 's32', 'z32'], { axis: 0 })],
  result: `d_${name}_y`,
});
const quantized: Readonly<Record<string, ModelSpec>> = {
  'a scale per channel': convolutions(dequantized),
  'one scale': convolutions((name, shape) => ({
    initializers: [int8s(name, shape)],
    nodes: [node('DequantizeLinear', `d_${name}`, [name, 's', 'z'])],
    result: `d_${name}_y`,
  })),
  'float weights that are quantised and dequantised': convolutions((name, shape) => ({
    initializers: [floats(name, shape)],
    nodes: [
      node('QuantizeLinear', `q_${name}`, [name, 's32', 'z32'], { axis: 0 }),
      node('DequantizeLinear', `d_${name}`, [`q_${name}_y`, 's32', 'z32'], { axis: 0 }),
    ],
    result: `d_${name}_y`,
  })),
  '16 bits': convolutions((name, shape) => ({
    initializers: [
      { name, type: 'int16', shape, raw: new Uint8Array(2 * shape.reduce((product, extent) => product * extent, 1)) },
      { name: `z_${name}`, type: 'int16', shape: [], raw: new Uint8Array(2) },
    ],
    nodes: [{ ...node('DequantizeLinear', `d_${name}`, [name, 's', `z_${name}`]), domain: 'com.microsoft' }],
    result: `d_${name}_y`,
  })),
  '4 bits': convolutions((name, shape) => ({
    initializers: [
      { name, type: 'int4', shape, raw: new Uint8Array(shape.reduce((product, extent) => product * extent, 1) / 2) },
    ],
    nodes: [node('DequantizeLinear', `d_${name}`, [name, 's32'], { axis: 0 })],
    result: `d_${name}_y`,
  })),
  '4 bits in blocks': convolutions((name, shape) => ({
    initializers: [
      { name, type: 'int4', shape, raw: new Uint8Array(shape.reduce((product, extent) => product * extent, 1) / 2) },
      floats(`s_${name}`, [32, 2, 3, 3]),
    ],
    nodes: [node('DequantizeLinear', `d_${name}`, [name, `s_${name}`], { axis: 1, block_size: shape[1] / 2 })],
    result: `d_${name}_y`,
  })),
  'float weights that are quantised to 4 bits': convolutions((name, shape) => ({
    initializers: [floats(name, shape), { name: `z_${name}`, type: 'int4', shape: [], raw: new Uint8Array(1) }],
    nodes: [
      node('QuantizeLinear', `q_${name}`, [name, 's', `z_${name}`]),
      node('DequantizeLinear', `d_${name}`, [`q_${name}_y`, 's', `z_${name}`]),
    ],
    result: `d_${name}_y`,
  })),
  'transposed behind it': convolutions((name, [filters, channels, rows, columns]) => ({
    initializers: [int8s(name, [channels, filters, rows, columns])],
    nodes: [
      node('DequantizeLinear', `d_${name}`, [name, 's32', 'z32'], { axis: 1 }),
      node('Transpose', `t_${name}`, [`d_${name}_y`], { perm: [1, 0, 2, 3] }),
    ],
    result: `t_${name}_y`,
  })),
  'reshaped and cast behind it': convolutions((name, shape) => {
    const count = shape.reduce((product, extent) => product * extent, 1);
    return {
      initializers: [
        int8s(name, [count]),
        {
          name: `shape_${name}`,
          type: 'int64',
          shape: [4],
          raw: new Uint8Array(BigInt64Array.from(shape, BigInt).buffer),
        },
      ],
      nodes: [
        node('DequantizeLinear', `d_${name}`, [name, 's', 'z']),
        node('Cast', `k_${name}`, [`d_${name}_y`], { to: 1 }),
        node('Reshape', `r_${name}`, [`k_${name}_y`, `shape_${name}`]),
      ],
      result: `r_${name}_y`,
    };
  }),
  'scaled behind it': convolutions((name, shape) => {
    const { initializers, nodes, result } = dequantized(name, shape);
    return {
      initializers: [...initializers, floats(`g_${name}`, [32, 1, 1, 1])],
      nodes: [...nodes, node('Mul', `m_${name}`, [result, `g_${name}`])],
      result: `m_${name}_y`,
    };
  }),
};

for (const [title, spec] of Object.entries(quantized)) {
  forms(`QDQ, ${title}: layers, multiply-accumulates and cycles of the float network on every accelerator`, () => {
    for (const { id } of platforms) {
      const [plain, other] = [predict(float, id), predict(spec, id)];
      assert.equal(products(other), { c1: 3 * 3 * 16 * 32 * 256, c2: 3 * 3 * 32 * 32 * 256 }, id);
      assert.equal(other.prediction.layers, plain.prediction.layers, id);
      assert.equal(listed(other), listed(plain), id);
    }
  });
}

forms(
  'a product with dequantised weights: transposed by Gemm, by Transpose, or as they are, is the float product',
  () => {
    const gemm = (
      weights: readonly TensorSpec[],
      nodes: readonly NodeSpec[],
      weight: string,
      transB: number,
    ): ModelSpec => ({
      inputs: [{ name: 'x', shape: [1, 48] }],
      outputs: [{ name: 'p_y' }],
      initializers: [scale, zero, ...perChannel(10), ...weights, int32s('b', [10])],
      nodes: [
        ...nodes,
        node('DequantizeLinear', 'db', ['b', 's']),
        node('Gemm', 'p', ['x', weight, 'db_y'], { transB }),
      ],
    });
    const specs = [
      gemm([int8s('w', [10, 48])], [node('DequantizeLinear', 'd', ['w', 's10', 'z10'], { axis: 0 })], 'd_y', 1),
      gemm([int8s('w', [48, 10])], [node('DequantizeLinear', 'd', ['w', 's10', 'z10'], { axis: 1 })], 'd_y', 0),
      gemm(
        [int8s('w', [10, 48])],
        [
          node('DequantizeLinear', 'd', ['w', 's10', 'z10'], { axis: 0 }),
          node('Transpose', 't', ['d_y'], { perm: [1, 0] }),
        ],
        't_y',
        0,
      ),
      gemm(
        [
          { name: 'w', type: 'int16', shape: [10, 48], raw: new Uint8Array(960) },
          { name: 'z16', type: 'int16', shape: [], raw: new Uint8Array(2) },
        ],
        [{ ...node('DequantizeLinear', 'd', ['w', 's', 'z16']), domain: 'com.microsoft' }],
        'd_y',
        1,
      ),
    ];
    for (const { id } of platforms) {
      const plain = predict(gemm([floats('w', [10, 48])], [], 'w', 1), id);
      for (const spec of specs) {
        const other = predict(spec, id);
        assert.equal(products(other), { p: 480 }, id);
        assert.equal(other.prediction.layers, plain.prediction.layers, id);
      }
    }
  },
);

forms(
  'one quantiser with two dequantisers behind it has two readers: nothing of one is merged into what the other reads',
  () => {
    const spec: ModelSpec = {
      inputs: [{ name: 'x', shape: [1, 16, 16, 16] }],
      outputs: [{ name: 'sum_y' }],
      initializers: [scale, zero, floats('w', [16, 16, 3, 3])],
      nodes: [
        node('Conv', 'c', ['x', 'w'], padded),
        node('QuantizeLinear', 'q', ['c_y', 's', 'z']),
        node('DequantizeLinear', 'd1', ['q_y', 's', 'z']),
        node('DequantizeLinear', 'd2', ['q_y', 's', 'z']),
        node('Relu', 'r', ['d1_y']),
        node('Add', 'sum', ['r_y', 'd2_y']),
      ],
    };
    const { prediction, nodes } = predict(spec, 'jetson-tx2');
    assert.ok(prediction.layers.some(({ name }) => name === 'r'));
    assert.is(nodes.find(({ name }) => name === 'r')?.fate, 'costed');
  },
);

const fixture = async (name: string) =>
  await readOnnxNetwork(fileURLToPath(new URL(`../models/onnx-quant/${name}.onnx`, import.meta.url)), {
    weights: false,
  });

forms(
  'files of the quantiser: QDQ and QOperator have the same multiply-accumulates and nearly the same cycles',
  async () => {
    for (const [name, expected] of [
      ['lenet', 416_520],
      ['resnet18', 3_367_552],
      ['mlperf_resnet8', undefined],
      ['mobilenet_v2', undefined],
      ['skynet', undefined],
    ] as const) {
      const [pairs, operators] = [await fixture(`${name}-qdq_s8s8_pc`), await fixture(`${name}-qop_s8s8_pc`)];
      for (const { id } of platforms) {
        const [left, right] = [predict(pairs, id), predict(operators, id)];
        assert.is(totalProducts(left), totalProducts(right), `${name} on ${id}`);
        if (expected !== undefined) assert.is(totalProducts(left), expected, `${name} on ${id}`);
        assert.ok(
          Math.abs(left.prediction.latencyCycles / right.prediction.latencyCycles - 1) < 0.02,
          `${name} on ${id}: ${left.prediction.latencyCycles} and ${right.prediction.latencyCycles}`,
        );
      }
    }
  },
);

forms('dynamic quantisation: products are costed, what measures ranges is listed', async () => {
  const network = await fixture('lenet-dyn');
  for (const { id } of platforms) {
    const prediction = predict(network, id);
    assert.is(totalProducts(prediction), 416_520, id);
    const measures = network.operators.filter(({ sourceType }) => sourceType === 'DynamicQuantizeLinear');
    assert.ok(measures.length === 5 && measures.every(({ name }) => listed(prediction).has(name)), id);
  }
});

forms.run();
