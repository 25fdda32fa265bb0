// time-limit-seconds: 1200
import { ChipError, type MemoryModel } from '@autodnnchip/core';
import { readOutput, type AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { checkRandomNetworks } from '../accel-shared/cosim/random-runs.js';
import { runBench } from '../accel-shared/cosim/stall-bench.js';
import { drawFrom } from '../accel-shared/random-draws.js';
import {
  chipMemory,
  describeDifferences,
  mapChip,
  predictRecords,
  runChip,
  type MappedChip,
} from '../support/chip-run.js';
import { disposeSimulators } from '../support/chip-simulators.js';
import { suite } from '../support/suite.js';
import { chipsWithoutLane, poolNetwork, vendorChips, type PoolNetwork } from './vendor-chips.js';

/** `COSIM_SEED` repeats a run. */
const seed = Number(process.env.COSIM_SEED ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`COSIM_SEED=${seed}\n`);

const memories: readonly MemoryModel[] = [
  { readLatencyCycles: 1, writeLatencyCycles: 1, beatIntervalCycles: 1, burstGapCycles: 0, sharedBytesPerKilocycle: 0 },
  {
    readLatencyCycles: 23,
    writeLatencyCycles: 19,
    beatIntervalCycles: 2,
    burstGapCycles: 3,
    sharedBytesPerKilocycle: 0,
  },
  {
    readLatencyCycles: 61,
    writeLatencyCycles: 47,
    beatIntervalCycles: 1,
    burstGapCycles: 6,
    sharedBytesPerKilocycle: 3999,
  },
];

const poolNetworks = 40;
const stalledNetworks = 6;
const mixedNetworks = 20;

const cosim = suite("a vendor's engine in simulated chips", { timeLimitSeconds: 400 });
const withTools = cosim.needs('verilator', 'g++', 'make');

/** Undefined where the chip's buffers hold no tile. */
function mapOrRefuse(
  { network }: PoolNetwork,
  chip: AccelSharedConfiguration,
  memory: MemoryModel,
): MappedChip | undefined {
  try {
    return mapChip(network, chip, memory);
  } catch (error) {
    if (error instanceof ChipError && error.code === 'ADC3201') return undefined;
    throw error;
  }
}

for (const { chip, largestWindow } of chipsWithoutLane) {
  withTools(`windows of ${largestWindow}: bits, cycles and counters of pools on three memories`, async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async gen => {
        const drawn = poolNetwork(drawFrom(gen), largestWindow);
        for (const memory of memories) {
          const mapped = mapOrRefuse(drawn, chip, memory);
          if (mapped === undefined) return;
          const expected = executeNetwork(drawn.network, drawn.inputs);
          const run = await runChip({ ...drawn, configuration: chip, memory, expected, mapped });
          assert.is(describeDifferences(run), '');
          runs++;
        }
      }),
      { numRuns: poolNetworks, seed, includeErrorInReport: true },
    );
    assert.ok(runs > poolNetworks, `${runs} runs`);
  });

  withTools(`windows of ${largestWindow}: right bits whatever handshakes the memory holds back`, async () => {
    const drawn = fc.sample(
      fc.gen().map(gen => poolNetwork(drawFrom(gen), largestWindow)),
      { numRuns: stalledNetworks, seed },
    );
    let fitting = 0;
    for (const network of drawn) {
      for (const model of memories) {
        // The bench's memory shares its bandwidth with nobody.
        const memory = { ...model, sharedBytesPerKilocycle: 0 };
        const mapped = mapOrRefuse(network, chip, memory);
        if (mapped === undefined) continue;
        fitting++;
        await checkStalls(mapped, network, memory);
      }
    }
    assert.ok(fitting > stalledNetworks, `${fitting} programs fit`);
  });
}

/** A run as predicted, three with random stalls that only take longer, and one as predicted again. */
async function checkStalls(mapped: MappedChip, { network, inputs }: PoolNetwork, memory: MemoryModel): Promise<void> {
  const { lowered, schedule } = mapped;
  const { totalCycles, records } = predictRecords(mapped, memory);
  const stalls = [20, 60, 90].map((stallPercent, index) => ({ stallPercent, seed: seed + index }));
  const runs = await runBench(schedule.configuration, {
    memoryImage: chipMemory(mapped, inputs),
    programAddress: schedule.memory.program.address,
    layerCount: schedule.layers.length,
    memory,
    steps: [
      'run',
      ...stalls.flatMap(stall => ['image', stall, 'run'] as const),
      'image',
      { stallPercent: 0, seed: 0 },
      'run',
    ],
  });
  const expected = executeNetwork(network, inputs);
  assert.is(runs.length, stalls.length + 2);
  for (const [index, run] of runs.entries()) {
    for (const [output, { address, bytes }] of schedule.memory.outputs.entries()) {
      const { data } = readOutput(lowered.outputs[output], run.memory.subarray(address, address + bytes));
      assert.equal(data, expected.get(lowered.outputs[output].name)?.data);
    }
    if (index > 0 && index <= stalls.length) {
      assert.ok(run.cycles > totalCycles, `${run.cycles} cycles with stalls, ${totalCycles} without`);
      continue;
    }
    assert.is(run.cycles, totalCycles);
    assert.equal(run.records, records);
  }
}

for (const [name, chip] of Object.entries(vendorChips)) {
  withTools(`${name}: random networks on all three engines`, async () => {
    const { networks } = await checkRandomNetworks(chip, { runs: mixedNetworks, seed });
    assert.ok(networks > 0, 'at least one network fits');
  });
}

cosim.after(disposeSimulators);
cosim.run();
