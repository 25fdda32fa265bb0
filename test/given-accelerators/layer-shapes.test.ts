import { networkWork } from '@autodnnchip/plugin-given-accelerators';
import * as assert from 'uvu/assert';
import {
  floats,
  type AttributeSpec,
  type ModelSpec,
  type NodeSpec,
  type TensorSpec,
} from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';
import { listed, networkOf, platforms, predict, products, totalProducts } from './all-platforms.js';

const shapes = suite('work of layers by their shapes', { timeLimitSeconds: 120 });

/**
 * One node on the input `x`; other inputs with a shape are inputs of the network (computed), those with a tensor
 * constant.
 */
function single(
  operator: string,
  x: readonly number[],
  others: readonly (TensorSpec | { readonly name: string; readonly shape: readonly number[] })[],
  attributes: Readonly<Record<string, AttributeSpec>> = {},
): ModelSpec {
  const node: NodeSpec = { operator, name: 'p', inputs: ['x', ...others.map(({ name }) => name ?? '')], attributes };
  return {
    nodes: [node],
    outputs: [{ name: 'y' }],
    initializers: others.filter((other): other is TensorSpec => 'type' in other),
    inputs: [
      { name: 'x', shape: x },
      ...others.filter(other => !('type' in other)).map(({ name, shape }) => ({ name: name ?? '', shape })),
    ],
  };
}

const cycles = (spec: ModelSpec, platform: string): number =>
  predict(spec, platform).prediction.layers.find(({ name }) => name === 'p')?.latencyCycles ?? NaN;
const convolution = (rows: number, columns: number): ModelSpec =>
  single('Conv', [1, 128, rows, columns], [floats('w', [256, 128, 1, 1])]);

shapes('a product of M rows costs what the same product costs as a convolution of kernel 1 x 1 over M pixels', () => {
  const same: readonly ModelSpec[] = [
    single('MatMul', [1, 64, 128], [floats('w', [128, 256])]),
    single('MatMul', [64, 128], [floats('w', [128, 256])]),
    single('Gemm', [64, 128], [floats('w', [256, 128])], { transB: 1 }),
    single('MatMul', [1, 4, 16, 128], [floats('w', [128, 256])]),
    single('Gemm', [64, 128], [floats('w', [128, 256])]),
  ];
  for (const { id } of platforms) {
    for (const [index, spec] of same.entries()) {
      assert.is(totalProducts(predict(spec, id, index === 0 || index === 3 ? 1 : undefined)), 64 * 128 * 256, id);
      // Rows of a network of matrices are its batch; the accelerator's usual batch is for networks of one input.
      const [own, reference] = [
        predict(spec, id, index === 0 || index === 3 ? 1 : undefined),
        predict(convolution(8, 8), id, 1),
      ];
      assert.is(own.prediction.latencyCycles, reference.prediction.latencyCycles, `${id}, form ${index}`);
    }
  }
  assert.is(cycles(same[0], 'dpu-b4096-kv260'), 3670);
});

shapes('rows beyond a square: the array takes them as pixels, whatever their number', () => {
  for (const rows of [1, 2, 7, 49, 197, 210]) {
    const spec = single('MatMul', [1, rows, 128], [floats('w', [128, 256])]);
    for (const { id } of platforms) {
      const { prediction } = predict(spec, id);
      assert.is(products(predict(spec, id))['p'], rows * 128 * 256, id);
      assert.ok(
        prediction.layers.every(({ utilization }) => utilization <= 1 + 1e-9),
        id,
      );
    }
    const [layer] = networkWork(networkOf(spec)).layers;
    assert.is(layer.kind, rows === 1 ? 'fullyConnected' : 'convolution');
    assert.is(layer.outputChannels * layer.outputRows * layer.outputColumns, layer.outputElements);
  }
});

shapes(
  'products of two computed tensors, of any batch and broadcast: exact where they are costed, listed elsewhere',
  () => {
    const cases: readonly (readonly [readonly number[], readonly number[], number])[] = [
      [[1, 3, 197, 64], [1, 3, 64, 197], 3 * 197 * 64 * 197],
      [[2, 3, 5, 7], [2, 3, 7, 4], 2 * 3 * 5 * 7 * 4],
      [[5, 7], [7, 4], 5 * 7 * 4],
      [[6, 5, 7], [7, 4], 6 * 5 * 7 * 4],
      [[2, 3, 5, 7], [3, 7, 4], 2 * 3 * 5 * 7 * 4],
      [[7], [7, 4], 7 * 4],
      [[3, 5, 7], [7], 3 * 5 * 7],
    ];
    for (const [left, right, expected] of cases) {
      const spec = single('MatMul', left, [{ name: 'w', shape: right }]);
      for (const { id } of platforms) {
        const prediction = predict(spec, id);
        if (id.startsWith('jetson')) assert.equal(products(prediction), { p: expected }, `${id} ${String(left)}`);
        else assert.ok(listed(prediction).has('p'), `${id} ${String(left)}`);
      }
    }
    const batched = single('MatMul', [1, 3, 5, 7], [floats('w', [3, 7, 4])]);
    assert.equal(products(predict(batched, 'jetson-tx2')), { p: 3 * 5 * 7 * 4 });
    const transposed = single('Gemm', [7, 5], [{ name: 'w', shape: [7, 4] }], { transA: 1 });
    assert.equal(products(predict(transposed, 'jetson-tx2')), { p: 5 * 7 * 4 });
  },
);

/** Multiplications of a transposed convolution by its definition: each input value times each weight of its channel. */
const spread = (x: readonly number[], weight: readonly number[]): number =>
  x.reduce((product, extent) => product * extent, 1) * weight.slice(1).reduce((product, extent) => product * extent, 1);

shapes(
  'transposed convolutions: any number of dimensions, batch, groups, dilation, cropped results, computed weights',
  () => {
    const cases: readonly (readonly [readonly number[], readonly number[], Readonly<Record<string, AttributeSpec>>])[] =
      [
        [[1, 1, 3, 4, 5], [1, 2, 3, 3, 3], {}],
        [[1, 4, 9], [4, 3, 3], {}],
        [[1, 4, 9], [4, 3, 3], { strides: [2] }],
        [[1, 4, 6, 6], [4, 8, 2, 2], { strides: [2, 2] }],
        [[2, 4, 6, 6], [4, 8, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }],
        [[1, 4, 6, 6], [4, 2, 3, 3], { group: 2 }],
        [[1, 4, 6, 6], [4, 1, 3, 3], { group: 4, strides: [3, 2] }],
        [[1, 4, 6, 6], [4, 2, 3, 3], { dilations: [2, 2] }],
        [[1, 4, 6, 6], [4, 2, 4, 4], { strides: [2, 2], pads: [3, 3, 3, 3] }],
        [[2, 2, 3, 4, 5], [2, 2, 2, 3, 2], { strides: [2, 1, 2], group: 2 }],
      ];
    for (const [x, weight, attributes] of cases) {
      for (const { id } of platforms) {
        const prediction = predict(
          single('ConvTranspose', x, [floats('w', weight)], attributes),
          id,
          x[0] > 1 ? undefined : 1,
        );
        if (listed(prediction).has('p')) continue;
        assert.equal(
          products(prediction),
          { p: spread(x, weight) },
          `${id} ${JSON.stringify([x, weight, attributes])}`,
        );
        assert.ok(
          prediction.prediction.layers.every(({ utilization }) => utilization <= 1 + 1e-9),
          id,
        );
      }
      const reason = (id: string): string | undefined =>
        listed(predict(single('ConvTranspose', x, [floats('w', weight)], attributes), id)).get('p');
      for (const id of ['jetson-tx2', 'edge-tpu-usb']) assert.is(reason(id), undefined, id);
      // The DPU has an engine for one group and one for as many as there are channels, and no output padding.
      const left =
        'output_padding' in attributes ? /output padding/ : attributes['group'] === 2 ? /2 groups/ : undefined;
      if (left === undefined) assert.is(reason('dpu-b4096-kv260'), undefined);
      else assert.match(reason('dpu-b4096-kv260') ?? '', left);
      const computed = predict(single('ConvTranspose', x, [{ name: 'w', shape: weight }], attributes), 'jetson-tx2');
      assert.equal(products(computed), { p: spread(x, weight) });
    }
    assert.equal(
      products(predict(single('ConvTranspose', [1, 1, 3, 4, 5], [floats('w', [1, 2, 3, 3, 3])]), 'dpu-b4096-kv260')),
      { p: 3240 },
    );
  },
);

shapes(
  'convolutions of one and of three dimensions: exact where they are costed; one dimension is a map of one row',
  () => {
    const line = single('Conv', [1, 8, 40], [floats('w', [16, 4, 5])], { group: 2, strides: [2], dilations: [2] });
    const row = single('Conv', [1, 8, 1, 40], [floats('w', [16, 4, 1, 5])], {
      group: 2,
      strides: [1, 2],
      dilations: [1, 2],
    });
    const solid = single('Conv', [1, 3, 6, 10, 9], [floats('w', [5, 3, 2, 3, 3])], { strides: [2, 1, 2] });
    for (const { id } of platforms) {
      assert.equal(predict(line, id).prediction.layers, predict(row, id).prediction.layers, id);
      if (id.startsWith('dpu'))
        assert.match(listed(predict(line, id)).get('p') ?? '', /processor beside the core: its 2 groups/);
      else assert.equal(products(predict(line, id)), { p: 16 * 4 * 5 * 16 }, id);
      assert.equal(products(predict(solid, id)), { p: 5 * 3 * 8 * 4 * (3 * 2 * 3 * 3) }, id);
      assert.ok(
        predict(solid, id).prediction.layers.every(({ utilization }) => utilization <= 1 + 1e-9),
        id,
      );
    }
  },
);

shapes('each stride counts: [1, 2] and [2, 1] over a square map are the same work', () => {
  const strided = (strides: readonly number[]): ModelSpec =>
    single('Conv', [1, 64, 64, 64], [floats('w', [64, 64, 3, 3])], { strides, pads: [1, 1, 1, 1] });
  for (const id of ['jetson-tx2', 'jetson-nano', 'jetson-agx-xavier', 'edge-tpu-usb', 'edge-tpu-devboard'])
    assert.is(cycles(strided([1, 2]), id), cycles(strided([2, 1]), id), id);
  assert.ok(cycles(strided([2, 2]), 'jetson-tx2') < cycles(strided([1, 2]), 'jetson-tx2'));
  for (const { id } of platforms)
    assert.is(products(predict(strided([1, 2]), id))['p'], products(predict(strided([2, 1]), id))['p'], id);
});

shapes('minimal filtering is for neither stride nor dilation', () => {
  const dilated = (dilation: number): ModelSpec =>
    single('Conv', [1, 64, 64, 64], [floats('w', [64, 64, 3, 3])], {
      dilations: [dilation, dilation],
      pads: new Array<number>(4).fill(dilation),
    });
  assert.ok(cycles(dilated(2), 'jetson-tx2') > 1.2 * cycles(dilated(1), 'jetson-tx2'));
  const strips = (dilations: readonly number[]): number =>
    predict(single('Conv', [1, 16, 30, 30], [floats('w', [16, 16, 3, 3])], { dilations }), 'eyeriss').prediction
      .layers[0].readBytes;
  assert.ok(strips([2, 1]) > 0 && strips([1, 2]) > 0);
});

shapes.run();
