// time-limit-seconds: 900
import { ChipError, createRandom, type MemoryModel } from '@autodnnchip/core';
import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { checkRandomNetworks } from '../accel-shared/cosim/random-runs.js';
import { drawFrom, type Draw } from '../accel-shared/schedule-random-network.js';
import { describeDifferences, mapChip, runChip, type MappedChip } from '../support/chip-run.js';
import { disposeSimulators } from '../support/chip-simulators.js';
import { suite } from '../support/suite.js';
import { chipsWithoutLane, poolNetwork, vendorChips } from './vendor-chips.js';

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

const cosim = suite("a vendor's engine in chips", { timeLimitSeconds: 400 });

function mapOrRefuse(
  { network }: ReturnType<typeof poolNetwork>,
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

for (const chip of chipsWithoutLane) {
  const name = `windows of ${String(chip['poolWindow' as keyof typeof chip])}`;
  cosim.needs('verilator', 'g++', 'make')(`${name}: pools give right bits, cycles and counters on three memories`, async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async gen => {
        const drawn = poolNetwork(drawFrom(gen), Number(chip['poolWindow' as keyof typeof chip]));
        for (const memory of memories) {
          const mapped = mapOrRefuse(drawn, chip, memory);
          if (mapped === undefined) return;
          const run = await runChip({
            ...drawn,
            configuration: chip,
            memory,
            expected: executeNetwork(drawn.network, drawn.inputs),
            mapped,
          });
          assert.is(describeDifferences(run), '');
          runs++;
        }
      }),
      { numRuns: 60, seed, includeErrorInReport: true },
    );
    assert.ok(runs > 90, `${runs} runs`);
  });
}
void createRandom; void checkRandomNetworks; void vendorChips;
export type { Draw };

cosim.after(disposeSimulators);
cosim.run();
