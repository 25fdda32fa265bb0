// time-limit-seconds: 600
// The three simulators give the same cycles, counters and bits, and those are what paper and pencil give.
import type { MemoryModel, SimulationTool } from '@autodnnchip/core';
import { buildSimulator, type BusWidth } from '@autodnnchip/sim';
import * as assert from 'uvu/assert';
import { suite, type NeededTool } from '../support/suite.js';
import { copiedMemory, copyBuild, copyFlags, copyJob, copyRecords, copyRun, type CopyJob } from './axi-copy.js';

const models: readonly MemoryModel[] = [
  { readLatencyCycles: 1, writeLatencyCycles: 1, beatIntervalCycles: 1, burstGapCycles: 0, sharedBytesPerKilocycle: 0 },
  {
    readLatencyCycles: 40,
    writeLatencyCycles: 12,
    beatIntervalCycles: 1,
    burstGapCycles: 0,
    sharedBytesPerKilocycle: 0,
  },
  {
    readLatencyCycles: 40,
    writeLatencyCycles: 1,
    beatIntervalCycles: 2,
    burstGapCycles: 3,
    sharedBytesPerKilocycle: 0,
  },
  {
    readLatencyCycles: 1,
    writeLatencyCycles: 40,
    beatIntervalCycles: 3,
    burstGapCycles: 0,
    sharedBytesPerKilocycle: 0,
  },
  { readLatencyCycles: 2, writeLatencyCycles: 3, beatIntervalCycles: 1, burstGapCycles: 7, sharedBytesPerKilocycle: 0 },
];

const jobs: readonly CopyJob[] = [
  copyJob(),
  copyJob({ groups: 1, bursts: 1, beats: 1 }),
  copyJob({ groups: 2, bursts: 4, beats: 8, target: 0x3000 }),
  copyJob({ groups: 5, bursts: 2, beats: 3, sourceStride: 0x60, targetStride: 0x80 }),
  copyJob({ flags: copyFlags.throttle }),
];

const tests = suite('Cycles of the simulators', { timeLimitSeconds: 300 });

function addTests(tool: SimulationTool, busBytes: BusWidth, needed: readonly NeededTool[]): void {
  tests.needs(...needed)(`${tool}, ${busBytes} bytes: cycles, records and memory are as computed`, async () => {
    const simulator = await buildSimulator(copyBuild(tool, busBytes));
    assert.is(simulator.tool, tool);
    await Promise.all(
      models.map(async model => {
        for (const job of jobs) {
          const result = await simulator.run(copyRun(job, model));
          const expected = copyRecords(job, busBytes, model);
          const place = JSON.stringify({ model, job });
          assert.equal(
            result.layerRecords.map(record => [...record.slice(0, 3)]),
            expected,
            place,
          );
          assert.ok(
            result.layerRecords.every(record => record.length === 16),
            place,
          );
          assert.is(result.cycles, expected.at(-1)?.[0], place);
          assert.equal(result.readBack, [copiedMemory(job, busBytes)], place);
          assert.ok(result.wallSeconds > 0 && result.simulatedCyclesPerSecond > 0, place);
        }
      }),
    );
    await simulator.dispose();
  });
}

addTests('verilator', 8, ['verilator', 'g++', 'make']);
addTests('verilator', 32, ['verilator', 'g++', 'make']);
addTests('cxxrtl', 8, []);
for (const busBytes of [4, 8, 16, 32] as const) addTests('icarus', busBytes, ['iverilog']);

tests.run();
