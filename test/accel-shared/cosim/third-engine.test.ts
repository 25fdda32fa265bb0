// time-limit-seconds: 600
import type { MemoryModel } from '@autodnnchip/core';
import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { buildSimulator } from '@autodnnchip/sim';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { chipOf, loadUnit } from '../../../plugins/accel-shared/src/chip/chip.js';
import { registerMap } from '../../../plugins/accel-shared/src/chip/register-map.js';
import { encodeProgram } from '../../../plugins/accel-shared/src/emit/program-image.js';
import { decodeProgram } from '../../../plugins/accel-shared/src/program/instruction-decoder.js';
import type { Instruction } from '../../../plugins/accel-shared/src/program/instruction.js';
import { encodeRecord } from '../../../plugins/accel-shared/src/timing/layer-record.js';
import { runTiming } from '../../../plugins/accel-shared/src/timing/run-timing.js';
import { chipMemory, compareOutputs, mapChip, type MappedChip } from '../../support/chip-run.js';
import { chipRtl } from '../../support/chip-simulators.js';
import { suite } from '../../support/suite.js';
import { drawFrom, randomNetwork } from '../schedule-random-network.js';
import { oddChips, withSecondLane } from './odd-chips.js';
import { drawMemory } from './random-runs.js';

/** `COSIM_SEED` repeats a run. */
const seed = Number(process.env.COSIM_SEED ?? Math.floor(Math.random() * 2 ** 31));
const fewestNetworks = 8;

const test = suite('a chip with a third engine', { timeLimitSeconds: 400 });
process.stdout.write(`COSIM_SEED=${seed}\n`);

const laneUnit = 2;
const secondLaneUnit = 3;

/** The program of a chip of two engines, with every other layer of the lane engine done by the second one. */
function shareLanes(instructions: readonly Instruction[], two: AccelSharedConfiguration, three: AccelSharedConfiguration): Instruction[] {
  const [before, after] = [chipOf(two), chipOf(three)];
  const laneLayers = [...new Set(instructions.filter(({ unit, kind }) => kind === 'task' && unit === laneUnit).map(({ layer }) => layer))];
  const moves = ({ layer }: Instruction): boolean => laneLayers.indexOf(layer) % 2 === 1;
  // A wait for n of the lane engine's tasks becomes one for those of the n that each engine has.
  const tasks = instructions.filter(({ unit, kind }) => kind === 'task' && unit === laneUnit);
  const movedOfFirst = [0];
  for (const task of tasks) movedOfFirst.push((movedOfFirst.at(-1) ?? 0) + (moves(task) ? 1 : 0));
  const code = (buffers: typeof after.loadBuffers, from: { readonly unit: number; readonly id: string }, moved: boolean): number => (
    buffers.findIndex(({ unit, id }) => id === from.id && unit === (moved && from.unit === laneUnit ? secondLaneUnit : from.unit)));
  return instructions.map((instruction): Instruction => {
    const [load, conv, lane, store] = instruction.waits;
    const waits = [load, conv, lane - movedOfFirst[lane], movedOfFirst[lane], store];
    const moved = moves(instruction);
    switch (instruction.kind) {
      case 'load': {
        const target = instruction.target === before.programTarget ? after.programTarget : code(after.loadBuffers, before.loadBuffers[instruction.target], moved);
        return { ...instruction, unit: loadUnit, waits, target };
      }
      case 'task': return { ...instruction, unit: instruction.unit === laneUnit && moved ? secondLaneUnit : instruction.unit, waits };
      case 'store': return { ...instruction, unit: after.storeUnit, waits, source: code(after.storeBuffers, before.storeBuffers[instruction.source], moved) };
      case 'halt': return { ...instruction, unit: after.format.haltCode, waits };
    }
  });
}

interface Drawn {
  readonly mapped: MappedChip;
  readonly network: ReturnType<typeof randomNetwork>;
  readonly memory: MemoryModel;
  readonly instructions: readonly Instruction[];
}

/** Random networks in which both lane engines have work. */
function drawPrograms(two: AccelSharedConfiguration, three: AccelSharedConfiguration): Drawn[] {
  const drawn: Drawn[] = [];
  for (let attempt = 0; drawn.length < fewestNetworks && attempt < 400; attempt++) {
    const [gen] = fc.sample(fc.gen(), { numRuns: 1, seed: seed + attempt });
    const draw = drawFrom(gen);
    const network = randomNetwork(draw);
    const memory = drawMemory(draw);
    let mapped: MappedChip;
    try {
      mapped = mapChip(network.network, two, memory);
    } catch {
      // The chip is small: not every network fits.
      continue;
    }
    const instructions = shareLanes(mapped.schedule.instructions, two, three);
    if ([laneUnit, secondLaneUnit].every((unit) => instructions.some((instruction) => instruction.unit === unit))) drawn.push({ mapped, network, memory, instructions });
  }
  return drawn;
}

const two = Object.values(oddChips)[1];
const three = withSecondLane(two);

test('has five units, and records of as many words as with four', () => {
  assert.equal(chipOf(three).units.map(({ name }) => name), ['load', 'conv', 'lane', 'lane2', 'store']);
  assert.equal(registerMap(chipOf(three)), { liveCounters: 15, recordWords: 16 });
  assert.equal(registerMap(chipOf(two)), { liveCounters: 12, recordWords: 16 });
});

test('instructions are decoded as they were encoded', () => {
  const [{ instructions }] = drawPrograms(two, three);
  assert.equal(decodeProgram(encodeProgram(instructions, three), three).slice(0, instructions.length), instructions);
});

test.needs('verilator', 'g++', 'make')('bits of the executor, cycles and counters of the prediction', async () => {
  const programs = drawPrograms(two, three);
  assert.is(programs.length, fewestNetworks);
  const simulator = await buildSimulator({ tool: 'verilator', rtlFiles: chipRtl(three), top: 'accel_top', busBytes: three.busBytes });
  try {
    for (const { mapped, network: { network, inputs }, memory, instructions } of programs) {
      const { schedule, lowered } = mapped;
      const { program, outputs } = schedule.memory;
      const memoryImage = chipMemory({ ...mapped, program: encodeProgram(instructions, three) }, inputs);
      const timing = runTiming(instructions, program.address, schedule.layers.length, three, memory);
      const result = await simulator.run({
        memoryImage, memoryBytes: memoryImage.length, programAddress: program.address, memoryModel: memory, maximumCycles: 2 * timing.totalCycles + 10_000,
        layerCount: schedule.layers.length, registers: registerMap(chipOf(three)), timeLimitSeconds: 100,
        readBack: outputs.map(({ address, bytes }) => ({ address, length: bytes })),
      });
      assert.is(compareOutputs(lowered, result, executeNetwork(network, inputs)).mismatches, 0);
      assert.is(result.cycles, timing.totalCycles);
      assert.equal(result.layerRecords.map((record) => [...record]), timing.layers.map(encodeRecord));
    }
  } finally {
    await simulator.dispose();
  }
});

test.run();
