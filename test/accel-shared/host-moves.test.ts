import type { NumericArray, Operator } from '@autodnnchip/core';
import { lowerNetwork } from '@autodnnchip/plugin-accel-shared';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { withMove, type HostMove } from '../../plugins/accel-shared/src/lowering/host-moves.js';
import { scaled, sketchNetwork, type TensorSketch } from '../network-passes/network-under-test.js';
import { suite } from '../support/suite.js';
import { mapNetwork, plainChip, runMapped } from './schedule-under-test.js';

const seed = Number(process.env['HOST_MOVES_SEED'] ?? 20261201);
const moves = suite(`arrays that the host rearranges (seed ${seed})`);

type Sketch = Omit<Operator, 'name' | 'sourceType'>;
const quantization = scaled(0.05, 3);
const int8 = (...shape: number[]): TensorSketch => ({ shape, type: 'int8', quantization });
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function weights(...shape: number[]): TensorSketch {
  return {
    shape,
    type: 'int8',
    quantization: scaled(0.003),
    data: Int8Array.from({ length: count(shape) }, (_, index) => (index * 2654435761) >> 11),
  };
}

/** A step that the host can do with an array of this shape, and what comes of it. */
interface Step {
  readonly operator: (x: string, y: string) => Sketch;
  readonly shape: readonly number[];
}

const transposeTo = (shape: readonly number[], permutation: readonly number[]): Step => ({
  operator: (x, y) => ({ kind: 'transpose', inputs: [x], outputs: [y], attributes: { permutation } }),
  shape: permutation.map(axis => shape[axis]),
});
const reshapeTo = (shape: readonly number[]): Step => ({
  operator: (x, y) => ({ kind: 'reshape', inputs: [x], outputs: [y], attributes: {} }),
  shape,
});

/** Random steps from a shape, each a transpose or a reshape that splits or joins dimensions. */
const stepsFrom = (shape: readonly number[], length: number): fc.Arbitrary<readonly Step[]> =>
  length === 0
    ? fc.constant([])
    : fc
        .oneof(
          fc
            .shuffledSubarray(
              shape.map((_, axis) => axis),
              { minLength: shape.length, maxLength: shape.length },
            )
            .map(permutation => transposeTo(shape, permutation)),
          fc
            .nat(Math.max(0, shape.length - 2))
            .map(axis =>
              reshapeTo(
                shape.length < 2
                  ? [1, ...shape]
                  : [...shape.slice(0, axis), shape[axis] * shape[axis + 1], ...shape.slice(axis + 2)],
              ),
            ),
          fc.nat(shape.length).map(axis => reshapeTo([...shape.slice(0, axis), 1, ...shape.slice(axis)])),
        )
        .chain(step => stepsFrom(step.shape, length - 1).map(rest => [step, ...rest]));

const cases = fc
  .record({
    channels: fc.integer({ min: 1, max: 6 }),
    rows: fc.integer({ min: 1, max: 4 }),
    columns: fc.integer({ min: 1, max: 4 }),
    kernel: fc.constantFrom(1, 3),
    outputs: fc.integer({ min: 1, max: 5 }),
  })
  .chain(sizes => {
    const { channels, rows, columns, outputs } = sizes;
    const input = fc.shuffledSubarray([channels, rows, columns], { minLength: 3, maxLength: 3 });
    return fc.record({
      sizes: fc.constant(sizes),
      before: input.chain(shape => stepsFrom([1, ...shape], 3).map(steps => ({ shape: [1, ...shape], steps }))),
      after: fc.tuple(stepsFrom([1, outputs, rows, columns], 3), stepsFrom([1, outputs, rows, columns], 2)),
    });
  });

moves("chains of transposes and reshapes at the inputs and outputs give the reference's bits and cost no layer", () => {
  fc.assert(
    fc.property(cases, ({ sizes: { channels, rows, columns, kernel, outputs }, before, after }) => {
      const map = [1, channels, rows, columns];
      const tensors: Record<string, TensorSketch> = {
        x: int8(...before.shape),
        w: weights(outputs, channels, kernel, kernel),
        c: int8(1, outputs, rows, columns),
      };
      const operators: Sketch[] = [];
      const chain = (from: string, steps: readonly Step[], name: string): string =>
        steps.reduce((x, step, index) => {
          const y = `${name}${index}`;
          tensors[y] = int8(...step.shape);
          operators.push(step.operator(x, y));
          return y;
        }, from);
      const image = chain('x', [...before.steps, reshapeTo(map)], 'before');
      const padding = (kernel - 1) / 2;
      operators.push({
        kind: 'conv',
        inputs: [image, 'w'],
        outputs: ['c'],
        attributes: {
          kernel: [kernel, kernel],
          stride: [1, 1],
          dilation: [1, 1],
          padding: [padding, padding, padding, padding],
          group: 1,
        },
      });
      after.forEach((steps, index) => chain('c', steps, `after${index}_`));
      const network = sketchNetwork(tensors, operators);
      const inputs = new Map<string, NumericArray>([
        [
          'x',
          {
            shape: before.shape,
            elementType: 'int8',
            data: Int8Array.from({ length: count(before.shape) }, (_, index) => (index * 40503) >> 5),
          },
        ],
      ]);
      const mapped = mapNetwork(network, plainChip);
      assert.equal(
        mapped.lowered.layers.map(({ work }) => work.operator),
        ['conv'],
      );
      const results = runMapped(mapped, inputs, undefined);
      for (const [name, { data, shape }] of executeNetwork(network, inputs))
        assert.equal([results.get(name)?.shape, results.get(name)?.data], [shape, data], name);
    }),
    { numRuns: 120, seed },
  );
});

moves('a fully connected layer behind a map with its channels last reads the map as it is', async () => {
  const network = sketchNetwork(
    {
      x: int8(1, 4, 3, 3),
      w: weights(5, 3, 1, 1),
      c: int8(1, 5, 4, 3),
      t: int8(1, 4, 3, 5),
      f: int8(1, 60),
      v: weights(7, 60),
      y: int8(1, 7),
      i: int8(1, 3, 4, 3),
    },
    [
      { kind: 'transpose', inputs: ['x'], outputs: ['i'], attributes: { permutation: [0, 3, 1, 2] } },
      {
        kind: 'conv',
        inputs: ['i', 'w'],
        outputs: ['c'],
        attributes: { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], group: 1 },
      },
      { kind: 'transpose', inputs: ['c'], outputs: ['t'], attributes: { permutation: [0, 2, 3, 1] } },
      { kind: 'reshape', inputs: ['t'], outputs: ['f'], attributes: {} },
      { kind: 'fullyConnected', inputs: ['f', 'v'], outputs: ['y'], attributes: {} },
    ],
  );
  assert.is(lowerNetwork(network, plainChip).unsupported.length, 1);
  const mapped = mapNetwork(await prepareNetwork(network), plainChip);
  const inputs = new Map<string, NumericArray>([
    [
      'x',
      { shape: [1, 4, 3, 3], elementType: 'int8', data: Int8Array.from({ length: 36 }, (_, index) => index * 5 - 90) },
    ],
  ]);
  assert.equal(runMapped(mapped, inputs, undefined).get('y')?.data, executeNetwork(network, inputs).get('y')?.data);
});

moves('steps that cancel are gone, also with dimensions of 1 in the way', () => {
  const there: HostMove = { shape: [1, 2, 3, 4], permutation: [0, 2, 3, 1] };
  assert.equal(withMove(withMove([], there), { shape: [1, 3, 4, 2], permutation: [0, 3, 1, 2] }), []);
  assert.equal(withMove([there], { shape: [1, 3, 4, 2], permutation: [0, 2, 1, 3] }), [
    { shape: [1, 2, 3, 4], permutation: [0, 3, 2, 1] },
  ]);
  assert.equal(withMove([], { shape: [1, 1, 3, 1], permutation: [2, 0, 3, 1] }), []);
  assert.is(withMove([there], { shape: [12, 2], permutation: [1, 0] }).length, 2);
});

moves.run();
