// time-limit-seconds: 600
import type { MemoryModel, Network, NumericArray } from '@autodnnchip/core';
import { readOutput } from '@autodnnchip/plugin-accel-shared';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { fixtureArray, readFixture } from '../../network-passes/network-under-test.js';
import { chipMemory, mapChip, predictRecords, type MappedChip } from '../../support/chip-run.js';
import { suite } from '../../support/suite.js';
import { randomNetwork } from '@autodnnchip/plugin-conformance';
import { drawFrom } from '../random-draws.js';
import { oddChips } from './odd-chips.js';
import { runBench, type BenchRun, type BenchStep } from './stall-bench.js';
import type { ChipOfTests } from '../../support/chip-engines.js';

/** `STALL_SEED` repeats a run, `STALL_NETWORKS` is the number of random networks per chip. */
const seed = Number(process.env['STALL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const networks = Number(process.env['STALL_NETWORKS'] ?? 12);
process.stdout.write(`STALL_SEED=${seed}\n`);

const memory: MemoryModel = {
  readLatencyCycles: 5,
  writeLatencyCycles: 2,
  beatIntervalCycles: 1,
  burstGapCycles: 0,
  sharedBytesPerKilocycle: 0,
};
const stalls = suite('chips in a rough world', { timeLimitSeconds: 300 });
const withTools = stalls.needs('verilator', 'g++', 'make');

interface Step {
  readonly steps: readonly BenchStep[];
  /** Whether cycles and counters must be those of the prediction; nobody predicts random stalls. */
  readonly timed: boolean;
  readonly what: string;
}

/** Every one ends with a run. */
function scenario(totalCycles: number): Step[] {
  const stalled = (stallPercent: number, stallSeed: number): Step => ({
    steps: ['image', { stallPercent, seed: stallSeed }, 'run'],
    timed: false,
    what: `handshakes held back in ${stallPercent} % of cycles`,
  });
  const abandoned = (share: number): Step => ({
    steps: ['image', { abandon: Math.floor(totalCycles * share) }, 'reset', 'image', 'run'],
    timed: true,
    what: `after a reset at ${share} of the run`,
  });
  return [
    { steps: ['run'], timed: true, what: 'first run' },
    { steps: ['image', 'run'], timed: true, what: 'second run, without a reset' },
    stalled(20, seed),
    stalled(60, seed + 1),
    stalled(90, seed + 2),
    { steps: ['image', { stallPercent: 0, seed: 0 }, 'run'], timed: true, what: 'after the stalls, without a reset' },
    abandoned(0.01),
    abandoned(0.3),
    abandoned(0.5),
    abandoned(0.77),
    abandoned(0.99),
    {
      steps: [
        'image',
        { stallPercent: 50, seed: seed + 3 },
        { abandon: Math.floor(totalCycles / 2) },
        'reset',
        'image',
        'run',
      ],
      timed: false,
      what: 'after a reset amid stalls',
    },
  ];
}

async function checkChip(
  mapped: MappedChip,
  network: Network,
  inputs: ReadonlyMap<string, NumericArray>,
  expected: ReadonlyMap<string, NumericArray>,
): Promise<void> {
  const { schedule } = mapped;
  const predicted = predictRecords(mapped, memory);
  const plan = scenario(predicted.totalCycles);
  const runs = await runBench(schedule.configuration, {
    memoryImage: chipMemory(mapped, inputs),
    programAddress: schedule.memory.program.address,
    layerCount: schedule.layers.length,
    memory,
    steps: plan.flatMap(({ steps }) => steps),
  });
  assert.is(runs.length, plan.length);
  for (const [index, { timed, what }] of plan.entries()) {
    checkOutputs(mapped, network, runs[index], expected, what);
    if (!timed) {
      assert.ok(runs[index].cycles > predicted.totalCycles, `${what}: takes longer`);
      assert.ok(
        neverFall([...runs[index].records, [runs[index].cycles]]),
        `${what}: counters of later layers are larger`,
      );
      continue;
    }
    assert.is(runs[index].cycles, predicted.totalCycles, `${what}: cycles`);
    assert.equal(runs[index].records, predicted.records, `${what}: records`);
  }
}

/** A record that was not written holds what an earlier, shorter run left. */
function neverFall(records: readonly (readonly number[])[]): boolean {
  return records.every(
    (record, index) =>
      index === 0 ||
      (record[0] > records[index - 1][0] && record.every((value, word) => value >= records[index - 1][word])),
  );
}

function checkOutputs(
  { lowered, schedule }: MappedChip,
  network: Network,
  run: BenchRun,
  expected: ReadonlyMap<string, NumericArray>,
  what: string,
): void {
  for (const [index, output] of lowered.outputs.entries()) {
    const { address, bytes } = schedule.memory.outputs[index];
    const { data } = readOutput(output, run.memory.subarray(address, address + bytes));
    assert.equal(
      data,
      expected.get(output.name)?.data,
      `${what}: output ${output.name} of ${network.operators.map(({ kind }) => kind).join()}`,
    );
  }
}

function mapOrSkip(network: Network, configuration: ChipOfTests): MappedChip | undefined {
  try {
    return mapChip(network, configuration, memory);
  } catch {
    // That a network fits is not the subject here.
    return undefined;
  }
}

for (const [name, configuration] of Object.entries(oddChips).slice(0, 2)) {
  withTools(`${name}: right results whatever the memory does, and after a reset in the middle of a run`, async () => {
    const drawn = fc.sample(
      fc.gen().map(gen => randomNetwork(drawFrom(gen))),
      { numRuns: networks, seed },
    );
    let fitting = 0;
    for (const { network, inputs } of drawn) {
      const mapped = mapOrSkip(network, configuration);
      if (mapped === undefined) continue;
      fitting++;
      await checkChip(mapped, network, inputs, executeNetwork(network, inputs));
    }
    assert.ok(fitting > networks / 4, `${fitting} of ${networks} networks fit`);
  });

  withTools(`${name}: a whole network`, async () => {
    const file = 'onnx-quant/lenet-qop_s8s8_pc.onnx';
    const network = await prepareNetwork(await readFixture(file));
    const inputs = new Map([[network.inputs[0], fixtureArray(file, 'input')]]);
    await checkChip(
      mapChip(network, configuration, memory),
      network,
      inputs,
      new Map([[network.outputs[0], fixtureArray(file, 'y_noopt')]]),
    );
  });
}

stalls.run();
