import { dpuSideCycles, type LayerWork } from '@autodnnchip/plugin-given-accelerators';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { floats, int64s, type AttributeSpec, type ModelSpec, type NodeSpec } from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';
import { listed, platforms, predict } from './all-platforms.js';

const operators = suite('operators on DPUCZDX8G', { timeLimitSeconds: 120 });

const dpus = platforms.filter(({ id }) => id.startsWith('dpu'));
const facts = {
  inputChannelParallelism: 16,
  depthwisePixelParallelism: 4,
  poolPixelParallelism: 4,
  elementwisePixelParallelism: 1,
};

/** One operator behind a convolution that makes its map. */
function behind(
  shape: readonly number[],
  node: Omit<NodeSpec, 'name' | 'outputs'>,
  initializers: ModelSpec['initializers'] = [],
): ModelSpec {
  return {
    opset: 18,
    inputs: [{ name: 'x', shape }],
    outputs: [{ name: 'y' }],
    initializers: [floats('first', [shape[1], shape[1], 1, 1]), ...initializers],
    nodes: [
      { operator: 'Conv', name: 'c', inputs: ['x', 'first'], outputs: ['m'] },
      { name: 'p', outputs: ['y'], ...node },
    ],
  };
}

const resize = (
  factor: number,
  mode: string,
  transform = 'half_pixel',
  shape: readonly number[] = [1, 32, 16, 16],
): ModelSpec =>
  behind(
    shape,
    {
      operator: 'Resize',
      inputs: ['m', '', 'scales'],
      attributes: { mode, coordinate_transformation_mode: transform },
    },
    [floats('scales', [4], [1, 1, factor, factor])],
  );

const window = (
  operator: string,
  shape: readonly number[],
  weight: readonly number[],
  attributes: Readonly<Record<string, AttributeSpec>> = {},
): ModelSpec => behind(shape, { operator, inputs: ['m', 'w'], attributes }, [floats('w', weight)]);

const pool = (kernel: number, shape: readonly number[]): ModelSpec =>
  behind(shape, { operator: 'MaxPool', inputs: ['m'], attributes: { kernel_shape: [kernel, kernel] } });

operators(
  'a resize takes the time of what it loads and stores, or of its interpolation, and is joined with nothing',
  () => {
    for (const { id, accelerator } of dpus) {
      const hertz = 1e6 * (accelerator?.facts['clockMegahertz'].value ?? Number.NaN);
      for (const [mode, factor] of [
        ['nearest', 2],
        ['nearest', 3],
        ['linear', 2],
        ['linear', 4],
      ] as const) {
        const { prediction, layers } = predict(resize(factor, mode), id);
        const [bytes, seconds] = [32 * 16 * 16 * factor ** 2, layers.get('p')?.['latency'] ?? 0];
        assert.ok(seconds * hertz > bytes / 16, `${id} ${mode}: a store is one word of 16 bytes a cycle`);
        assert.is(
          prediction.layers.find(({ name }) => name === 'c')?.latencyCycles,
          predict(resize(2, 'cubic'), id).prediction.layers[0].latencyCycles,
          'the convolution before it stores its own map',
        );
      }
    }
  },
);

operators('resizes that the compiler does not put on the core are listed', () => {
  for (const { id } of dpus) {
    for (const [factor, mode, transform, runs] of [
      [2, 'nearest', 'half_pixel', true],
      [5, 'nearest', 'asymmetric', true],
      [1.5, 'nearest', 'asymmetric', false],
      [0.5, 'nearest', 'asymmetric', false],
      [2, 'nearest', 'align_corners', false],
      [2, 'linear', 'half_pixel', true],
      [4, 'linear', 'pytorch_half_pixel', true],
      [8, 'linear', 'asymmetric', true],
      [8, 'linear', 'half_pixel', false],
      [3, 'linear', 'asymmetric', false],
      [2, 'linear', 'align_corners', false],
      [2, 'cubic', 'half_pixel', false],
    ] as const) {
      const reason = listed(predict(resize(factor, mode, transform), id)).get('p');
      assert.is(reason === undefined, runs, `${id} ${factor} ${mode} ${transform}: ${reason ?? 'not listed'}`);
      if (!runs) assert.match(reason ?? '', /processor beside the core/);
    }
  }
});

operators(
  "transposed convolutions with a filter for each channel are the depthwise engine's, not a group at a time on the array",
  () => {
    const layer = {
      kind: 'transposedConvolution',
      operator: 'ConvTranspose',
      groups: 64,
      inputChannels: 64,
      outputChannels: 64,
      inputRows: 16,
      inputColumns: 16,
      outputRows: 32,
      outputColumns: 32,
      kernelRows: 4,
      kernelColumns: 4,
      strideRows: 2,
      strideColumns: 2,
    };
    assert.is(dpuSideCycles(layer as LayerWork, facts), 4 * 16 * (16 / 4) * (2 * 2) * (64 / 16));
    const attributes = { strides: [2, 2], pads: [1, 1, 1, 1] };
    for (const { id } of dpus) {
      const [depthwise, whole] = [
        [64, 1, 4, 4],
        [64, 64, 4, 4],
      ].map(
        weight =>
          predict(
            window(
              'ConvTranspose',
              [1, 64, 16, 16],
              weight,
              weight[1] === 1 ? { ...attributes, group: 64 } : attributes,
            ),
            id,
          ).layers.get('p')?.['latency'] ?? Number.NaN,
      );
      assert.ok(depthwise > 0 && depthwise < 2 * whole, `${id}: ${depthwise} s, all channels ${whole} s`);
    }
  },
);

operators(
  'what is larger than the core takes is listed with the limit that it breaks, on the core of the size at hand',
  () => {
    const cases: readonly (readonly [ModelSpec, RegExp | undefined, RegExp | undefined])[] = [
      [window('Conv', [1, 16, 40, 40], [16, 16, 16, 16]), undefined, undefined],
      [window('Conv', [1, 8, 40, 40], [16, 8, 17, 1]), /kernel of 17 x 1/, /kernel of 17 x 1/],
      [window('Conv', [1, 8, 40, 40], [16, 8, 3, 3], { strides: [9, 1] }), /stride of 9/, /stride of 9/],
      [window('Conv', [1, 8, 20, 20], [16, 4, 3, 3], { group: 2 }), /2 groups/, /2 groups/],
      [window('Conv', [1, 512, 7, 7], [16, 512, 7, 7]), undefined, /2548 words of banks that have 2048/],
      [
        window('Conv', [1, 512, 20, 20], [16, 512, 3, 3], { dilations: [8, 8] }),
        undefined,
        /dilation of 8 are more than 2560/,
      ],
      [window('Conv', [1, 16, 4, 4], [3000, 16, 1, 1]), undefined, /3000 channels are more than 2560/],
      [window('Conv', [1, 24, 20, 20], [24, 1, 5, 5], { group: 24 }), undefined, undefined],
      [
        window('ConvTranspose', [1, 8, 4, 4], [8, 8, 33, 33], { strides: [2, 2] }),
        /33 x 33 is larger than 16 times/,
        /33 x 33/,
      ],
      [pool(8, [1, 16, 20, 20]), undefined, undefined],
      [pool(9, [1, 16, 20, 20]), /window of 9 x 9/, /window of 9 x 9/],
      [
        behind([1, 16, 13, 13], { operator: 'GlobalAveragePool', inputs: ['m'] }),
        /window of 13 x 13/,
        /window of 13 x 13/,
      ],
    ];
    for (const [spec, large, small] of cases) {
      for (const [id, wanted] of [
        ['dpu-b4096-kv260', large],
        ['dpu-b1600-ultra96', small],
      ] as const) {
        const reason = listed(predict(spec, id)).get('p');
        if (wanted === undefined) assert.is(reason, undefined, id);
        else assert.match(reason ?? 'not listed', wanted);
        if (wanted !== undefined) assert.match(reason ?? '', /^runs on the processor beside the core: /);
      }
    }
  },
);

operators('values that go to other places are loaded and stored; where addresses do it, it costs nothing', () => {
  const reorganised = behind([1, 64, 26, 26], {
    operator: 'SpaceToDepth',
    inputs: ['m'],
    attributes: { blocksize: 2 },
  });
  const cut = behind([1, 64, 26, 26], { operator: 'Slice', inputs: ['m', 'from', 'to', 'axes'] }, [
    int64s('from', [0]),
    int64s('to', [32]),
    int64s('axes', [1]),
  ]);
  const seconds = (spec: ModelSpec): number =>
    predict(spec, 'dpu-b4096-kv260').layers.get('p')?.['latency'] ?? Number.NaN;
  assert.ok(seconds(reorganised) * 300e6 > (64 * 26 * 26) / 16);
  assert.is(seconds(cut), 0);
});

operators('any layer of one operator is either costed, with time, or listed with where it runs', () => {
  const spec = fc
    .record({
      channels: fc.integer({ min: 1, max: 80 }),
      rows: fc.integer({ min: 9, max: 24 }),
      kernel: fc.integer({ min: 1, max: 9 }),
      stride: fc.integer({ min: 1, max: 10 }),
      groups: fc.constantFrom('one', 'two', 'all'),
      operator: fc.constantFrom('Conv', 'ConvTranspose', 'MaxPool', 'nearest', 'linear'),
    })
    .map(({ channels, rows, kernel, stride, groups, operator }): ModelSpec => {
      const shape = [1, groups === 'two' ? 2 * channels : channels, rows, rows];
      const group = groups === 'one' ? 1 : groups === 'two' ? 2 : shape[1];
      if (operator === 'nearest' || operator === 'linear') return resize(stride / 2, operator, 'half_pixel', shape);
      if (operator === 'MaxPool') return pool(kernel, shape);
      const weight =
        operator === 'Conv'
          ? [shape[1], shape[1] / group, kernel, kernel]
          : [shape[1], Math.max(1, shape[1] / group), kernel, kernel];
      return window(operator, shape, weight, { strides: [stride, stride], group });
    });
  fc.assert(
    fc.property(spec, fc.constantFrom(...dpus.map(({ id }) => id)), (model, id) => {
      const prediction = predict(model, id);
      const costed = (prediction.layers.get('p')?.['latency'] ?? 0) > 0;
      const joined = !costed && prediction.prediction.layers.some(({ name }) => name === 'p');
      const reason = listed(prediction).get('p');
      assert.is(reason === undefined, costed || joined, reason);
      if (joined) assert.match(model.nodes[1].operator, /MaxPool/);
    }),
    { numRuns: 60, verbose: true },
  );
});

operators.run();
