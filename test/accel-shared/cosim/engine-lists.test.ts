// time-limit-seconds: 900
import type { MemoryModel } from '@autodnnchip/core';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { buildSimulator } from '@autodnnchip/sim';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { chipOf, loadUnit, type ChipBuffer } from '../../../plugins/accel-shared/src/chip/chip.js';
import { registerMap } from '../../../plugins/accel-shared/src/chip/register-map.js';
import { encodeProgram } from '../../../plugins/accel-shared/src/emit/program-image.js';
import { decodeProgram } from '../../../plugins/accel-shared/src/program/instruction-decoder.js';
import type { Instruction } from '../../../plugins/accel-shared/src/program/instruction.js';
import { encodeRecord } from '../../../plugins/accel-shared/src/timing/layer-record.js';
import { runTiming } from '../../../plugins/accel-shared/src/timing/run-timing.js';
import { chipMemory, compareOutputs, mapChip, type MappedChip } from '../../support/chip-run.js';
import { chipRtl } from '../../support/chip-simulators.js';
import { suite } from '../../support/suite.js';
import { drawMemory, randomNetwork } from '@autodnnchip/plugin-conformance';
import { drawFrom } from '../random-draws.js';
import { oddChips, withEngineList } from './odd-chips.js';
import type { ChipOfTests } from '../../support/chip-engines.js';

/** `COSIM_SEED` repeats a run. */
const seed = Number(process.env.COSIM_SEED ?? Math.floor(Math.random() * 2 ** 31));
const networksPerChip = 6;
const mostAttempts = 1500;

const test = suite('chips with other lists of engines', { timeLimitSeconds: 500 });
process.stdout.write(`COSIM_SEED=${seed}\n`);

/** The usual chip, whose programs are rewritten for the others. */
const usual = Object.values(oddChips)[1];
const usualUnits = { conv: 1, lane: 2 };

/** A list of engines, and the units of it that take the layers of the usual chip's engines in turn. */
interface EngineList {
  readonly engines: readonly ('conv' | 'lane')[];
  readonly takers: Readonly<Record<number, readonly number[]>>;
  readonly registers: ReturnType<typeof registerMap>;
}

const lists: readonly EngineList[] = [
  {
    engines: ['conv', 'lane', 'lane'],
    takers: { [usualUnits.conv]: [1], [usualUnits.lane]: [2, 3] },
    registers: { liveCounters: 15, recordWords: 16 },
  },
  {
    engines: ['conv', 'conv', 'conv', 'conv'],
    takers: { [usualUnits.conv]: [1, 2, 3, 4] },
    registers: { liveCounters: 18, recordWords: 32 },
  },
  { engines: ['lane'], takers: { [usualUnits.lane]: [1] }, registers: { liveCounters: 9, recordWords: 16 } },
];

/** A program of the usual chip as one of a chip with other engines; undefined where one of its engines has no taker. */
function rewrite(
  instructions: readonly Instruction[],
  other: ChipOfTests,
  takers: EngineList['takers'],
): Instruction[] | undefined {
  const [before, after] = [chipOf(usual), chipOf(other)];
  const tasks = instructions.filter(({ kind }) => kind === 'task');
  if (tasks.some(({ unit }) => takers[unit] === undefined)) return undefined;
  const takerOfLayer = new Map<number, number>();
  for (const unit of Object.values(usualUnits)) {
    const layers = [...new Set(tasks.filter(task => task.unit === unit).map(({ layer }) => layer))];
    for (const [index, layer] of layers.entries()) takerOfLayer.set(layer, takers[unit][index % takers[unit].length]);
  }
  const takerOf = ({ layer }: Instruction): number => takerOfLayer.get(layer) ?? NaN;
  const code = (buffers: readonly ChipBuffer[], name: string, taker: number): number =>
    buffers.findIndex(({ unit, id }) => id === name && unit === taker);
  // A wait for n tasks of an engine becomes one for those of the n that each taker has.
  const tasksOf = Object.values(usualUnits).map(unit => tasks.filter(task => task.unit === unit));
  const waitsOf = ([load, conv, lane, store]: readonly number[]): number[] => {
    const waited = [conv, lane].flatMap((count, index) => tasksOf[index].slice(0, count));
    return [
      load,
      ...after.engines.map((_, engine) => waited.filter(task => takerOf(task) === engine + 1).length),
      store,
    ];
  };
  return instructions.map((instruction): Instruction => {
    const waits = waitsOf(instruction.waits);
    switch (instruction.kind) {
      case 'load': {
        const isProgram = instruction.target === before.programTarget;
        const target = isProgram
          ? after.programTarget
          : code(after.loadBuffers, before.loadBuffers[instruction.target].id, takerOf(instruction));
        return { ...instruction, unit: loadUnit, waits, target };
      }
      case 'task':
        return { ...instruction, unit: takerOf(instruction), waits };
      case 'store':
        return {
          ...instruction,
          unit: after.storeUnit,
          waits,
          source: code(after.storeBuffers, before.storeBuffers[instruction.source].id, takerOf(instruction)),
        };
      case 'halt':
        return { ...instruction, unit: after.format.haltCode, waits };
    }
  });
}

interface Drawn {
  readonly mapped: MappedChip;
  readonly network: ReturnType<typeof randomNetwork>;
  readonly memory: MemoryModel;
  readonly instructions: readonly Instruction[];
}

/**
 * Random networks that the chip's engines run; the first is one in which at least two engines have work, where there
 * are two.
 */
function drawPrograms(other: ChipOfTests, takers: EngineList['takers']): Drawn[] {
  const wanted = Math.min(2, chipOf(other).engines.length);
  const drawn: Drawn[] = [];
  for (let attempt = 0; drawn.length < networksPerChip && attempt < mostAttempts; attempt++) {
    const [gen] = fc.sample(fc.gen(), { numRuns: 1, seed: seed + attempt });
    const draw = drawFrom(gen);
    const network = randomNetwork(draw);
    const memory = drawMemory(draw);
    let mapped: MappedChip;
    try {
      mapped = mapChip(network.network, usual, memory);
    } catch {
      // The chip is small: not every network fits.
      continue;
    }
    const instructions = rewrite(mapped.schedule.instructions, other, takers);
    if (instructions === undefined) continue;
    const working = new Set(instructions.filter(({ kind }) => kind === 'task').map(({ unit }) => unit));
    if (drawn.length > 0 || working.size >= wanted) drawn.push({ mapped, network, memory, instructions });
  }
  return drawn;
}

for (const { engines, takers, registers } of lists) {
  const chip = withEngineList(usual, engines);
  const name = engines.join(', ');
  const programs = drawPrograms(chip, takers);

  test(`${name}: units, registers, instructions that are decoded as they were encoded`, () => {
    assert.is(chipOf(chip).units.length, engines.length + 2);
    assert.equal(registerMap(chipOf(chip)), registers);
    assert.is(programs.length, networksPerChip);
    for (const { instructions } of programs)
      assert.equal(decodeProgram(encodeProgram(instructions, chip), chip).slice(0, instructions.length), instructions);
  });

  test.needs(
    'verilator',
    'g++',
    'make',
  )(`${name}: bits of the executor, cycles and counters of the prediction`, async () => {
    const simulator = await buildSimulator({
      tool: 'verilator',
      rtlFiles: chipRtl(chip),
      top: 'accel_top',
      busBytes: chip.busBytes,
    });
    try {
      for (const {
        mapped,
        network: { network, inputs },
        memory,
        instructions,
      } of programs) {
        const { schedule, lowered } = mapped;
        const { program, outputs } = schedule.memory;
        const memoryImage = chipMemory({ ...mapped, program: encodeProgram(instructions, chip) }, inputs);
        const timing = runTiming(instructions, program.address, schedule.layers.length, chip, memory);
        const result = await simulator.run({
          memoryImage,
          memoryBytes: memoryImage.length,
          programAddress: program.address,
          memoryModel: memory,
          maximumCycles: 2 * timing.totalCycles + 10_000,
          layerCount: schedule.layers.length,
          registers,
          timeLimitSeconds: 100,
          readBack: outputs.map(({ address, bytes }) => ({ address, length: bytes })),
        });
        assert.is(compareOutputs(lowered, result, executeNetwork(network, inputs)).mismatches, 0);
        assert.is(result.cycles, timing.totalCycles);
        const padding = new Array<number>(registers.recordWords - registers.liveCounters - 1).fill(0);
        assert.equal(
          result.layerRecords.map(record => [...record]),
          timing.layers.map(layer => [...encodeRecord(layer), ...padding]),
        );
      }
    } finally {
      await simulator.dispose();
    }
  });
}

test.run();
