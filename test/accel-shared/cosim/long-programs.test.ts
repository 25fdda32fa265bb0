// time-limit-seconds: 300
import type { Network, NumericArray } from '@autodnnchip/core';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import * as assert from 'uvu/assert';
import { scaled, sketchNetwork } from '../../network-passes/network-under-test.js';
import { describeDifferences, mapChip, predictRecords, runChip } from '../../support/chip-run.js';
import { disposeSimulators } from '../../support/chip-simulators.js';
import { suite } from '../../support/suite.js';
import { expectError } from '../../support/expect-error.js';
import { oddChips } from './odd-chips.js';

const long = suite('programs longer than the counters', { timeLimitSeconds: 200 });
const chip = Object.values(oddChips)[1];
const memory = {
  readLatencyCycles: 3,
  writeLatencyCycles: 3,
  beatIntervalCycles: 1,
  burstGapCycles: 0,
  sharedBytesPerKilocycle: 9001,
};

/**
 * Dense layers, each of so many groups of output channels, then a pool: its instructions wait for nothing that those
 * do.
 */
function denseThenPool(
  layers: number,
  groups: number,
): { readonly network: Network; readonly inputs: ReadonlyMap<string, NumericArray> } {
  const [inputChannels, outputChannels] = [8, groups * chip.outputParallelism];
  const data = Int8Array.from(
    { length: outputChannels * inputChannels },
    (_, index) => ((index * 7 + (index >> 5)) % 23) - 11,
  );
  const window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] } as const;
  const results = Array.from({ length: layers }, (_, layer) => `y${layer}`);
  const network = sketchNetwork(
    {
      x: { shape: [1, inputChannels, 1, 1], type: 'int8', quantization: scaled(0.05) },
      z: { shape: [1, 8, 6, 6], type: 'int8', quantization: scaled(0.05) },
      w: { shape: [outputChannels, inputChannels, 1, 1], type: 'int8', quantization: scaled(0.02), data },
      p: { shape: [1, 8, 3, 3], type: 'int8', quantization: scaled(0.05) },
      ...Object.fromEntries(
        results.map(
          (name, layer) =>
            [
              name,
              { shape: [1, outputChannels, 1, 1], type: 'int8', quantization: scaled(0.03 + 0.001 * layer) },
            ] as const,
        ),
      ),
    },
    [
      ...results.map(
        name => ({ kind: 'conv', inputs: ['x', 'w'], outputs: [name], attributes: { ...window, group: 1 } }) as const,
      ),
      { kind: 'maxPool', inputs: ['z'], outputs: ['p'], attributes: { ...window, kernel: [2, 2], stride: [2, 2] } },
    ],
  );
  const input = (name: string, count: number): [string, NumericArray] => {
    const { shape } = network.tensors.get(name)!;
    return [
      name,
      { shape, elementType: 'int8', data: Int8Array.from({ length: count }, (_, index) => 90 - 13 * index) },
    ];
  };
  return { network, inputs: new Map([input('x', 8), input('z', 288)]) };
}

long.needs(
  'verilator',
  'g++',
  'make',
)('a unit that finishes more instructions than its counter of 16 bits holds gives right bits and cycles', async () => {
  const { network, inputs } = denseThenPool(17, 4_000);
  const run = await runChip({
    network,
    inputs,
    expected: executeNetwork(network, inputs),
    configuration: chip,
    memory,
  });
  const tasks = run.schedule.instructions.reduce(
    (count, { kind, unit }) => count + (kind === 'task' && unit === 1 ? 1 : 0),
    0,
  );
  assert.ok(tasks > 2 ** 16, `${tasks} tasks of the convolution engine`);
  assert.is(describeDifferences(run), '');
});

long('a run that overflows the cycle counter is refused', async () => {
  const { network } = denseThenPool(2, 2);
  const slowest = { ...memory, readLatencyCycles: 2 ** 31 - 1 };
  const mapped = mapChip(network, chip, slowest);
  const error = await expectError('ADC3204', () => predictRecords(mapped, slowest));
  assert.match(error.message, /4294967295/);
});

long.after(disposeSimulators);
long.run();
