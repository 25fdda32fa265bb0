// time-limit-seconds: 900
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { scaled, sketchNetwork, type TensorSketch } from '../../network-passes/network-under-test.js';
import { describeDifferences, runChip } from '../../support/chip-run.js';
import { disposeSimulators } from '../../support/chip-simulators.js';
import { suite } from '../../support/suite.js';
import { drawFrom } from '../random-draws.js';
import { drawConfiguration, oddChips } from './odd-chips.js';
import { checkRandomNetworks } from './random-runs.js';

/**
 * `COSIM_SEED` repeats a run, `COSIM_NETWORKS` is the number of networks per chip, `COSIM_CHIPS` the number of chips
 * that are drawn beside the odd ones (each compiles a simulator), `COSIM_MULTIPLIERS` their largest size.
 */
const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const seed = number('COSIM_SEED', Math.floor(Math.random() * 2 ** 31));
const networks = number('COSIM_NETWORKS', 40);

const cosim = suite('random networks on simulated chips', { timeLimitSeconds: 600 });
process.stdout.write(`COSIM_SEED=${seed}\n`);

const drawn = fc.sample(
  fc.gen().map(gen => drawConfiguration(drawFrom(gen), number('COSIM_MULTIPLIERS', 512))),
  { numRuns: number('COSIM_CHIPS', 0), seed },
);
const chips = [...Object.entries(oddChips), ...drawn.map((chip, index) => [`drawn chip ${index}`, chip] as const)];

for (const [name, chip] of chips) {
  cosim.needs(
    'verilator',
    'g++',
    'make',
  )(`${name}: bits of the executor, cycles and counters of the prediction`, async () => {
    const { networks: fitting } = await checkRandomNetworks(chip, { runs: networks, seed });
    assert.ok(fitting > networks / 3, `${fitting} of ${networks} networks fit`);
  });
}

cosim.needs(
  'verilator',
  'g++',
  'make',
)('layers that end within a few cycles of each other are all recorded', async () => {
  // While the store of the first layer's large output takes its time, tiny layers are computed; their stores follow at
  // once.
  const sizes = [
    { input: 'large', channels: 32, extent: 6 },
    ...Array.from({ length: 5 }, () => ({ input: 'tiny', channels: 1, extent: 1 })),
  ];
  const map = (channels: number, extent: number): TensorSketch => ({
    shape: [1, channels, extent, extent],
    type: 'int8',
    quantization: scaled(0.05),
  });
  const tensors: Record<string, TensorSketch> = { large: map(1, 6), tiny: map(1, 1) };
  const operators = sizes.map(({ input, channels, extent }, index) => {
    tensors[`w${index}`] = {
      shape: [channels, 1, 1, 1],
      type: 'int8',
      quantization: scaled(0.02),
      data: Int8Array.from({ length: channels }, (_, channel) => 10 * index + channel),
    };
    tensors[`y${index}`] = map(channels, extent);
    const attributes = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], group: 1 } as const;
    return { kind: 'conv' as const, inputs: [input, `w${index}`], outputs: [`y${index}`], attributes };
  });
  const network = sketchNetwork(tensors, operators);
  const inputs = new Map(
    Object.entries({ large: 36, tiny: 1 }).map(([name, count]) => [
      name,
      {
        shape: tensors[name].shape,
        elementType: 'int8' as const,
        data: Int8Array.from({ length: count }, (_, index) => 100 - 5 * index),
      },
    ]),
  );
  const run = await runChip({
    network,
    inputs,
    expected: executeNetwork(network, inputs),
    configuration: Object.values(oddChips)[3],
    memory: {
      readLatencyCycles: 1,
      writeLatencyCycles: 1,
      beatIntervalCycles: 1,
      burstGapCycles: 9,
      sharedBytesPerKilocycle: 0,
    },
  });
  assert.is(describeDifferences(run), '');
  const ends = run.layers.map(({ simulated }) => simulated[0]);
  const closest = Math.min(...ends.slice(1).map((end, index) => end - ends[index]));
  assert.ok(
    closest < run.layers[0].simulated.length,
    `layers end ${closest} cycles apart: too far for this test to mean anything (${ends.join()})`,
  );
});

cosim.after(disposeSimulators);
cosim.run();
