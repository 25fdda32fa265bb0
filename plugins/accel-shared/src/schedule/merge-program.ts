import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction, LoadInstruction, Waits } from '../program/instruction.js';
import { noWaits, units, type Unit, type UnitProgram } from './program-builder.js';

/**
 * A wait may lag behind its unit by at most 32,767 finished instructions when it is compared. Waits are raised to stay
 * within half of that of the instructions before it; the rest is room for units that run ahead.
 */
const largestLag = 16384;

/**
 * One program of the units' instructions, in the order of their estimated starts: an instruction is queued before all that
 * start later, so that a full queue of one unit does not keep another unit idle. Adds the program's own loads and halts.
 */
export function mergeProgram(programs: UnitPrograms, configuration: AccelSharedConfiguration, programAddress: number): Instruction[] {
  const { programBlock, channelBlock } = configuration;
  const blocks = blockCount(instructionCount(programs), programBlock);
  const blockWords = programBlock * instructionWords(configuration);
  const instructions: Instruction[] = [];
  const next = noWaits();
  // Instructions per unit so far, program loads counted, and where the n-th data load is among them.
  const emitted = noWaits();
  const loadPosition = new Int32Array(programs.load.count + 1);
  for (let block = 0; block < blocks; block++) {
    const end = (block + 1) * programBlock;
    if (block < blocks - 1) {
      const unit = earliest(programs, next);
      const layer = unit === undefined ? 0 : programs[unit].instructions[next[unit]].layer;
      instructions.push(programLoad(layer, programAddress + (block + 1) * blockWords * channelBlock, ((block + 1) % 2) * blockWords, blockWords, channelBlock, raised(noWaits(), emitted)));
      emitted.load++;
    }
    while (instructions.length < end) {
      const unit = earliest(programs, next);
      if (unit === undefined) {
        instructions.push({ unit: 'halt', layer: instructions.at(-1)?.layer ?? 0, waits: raised(noWaits(), emitted) });
        continue;
      }
      const instruction = programs[unit].instructions[next[unit]];
      instruction.waits.load = loadPosition[instruction.waits.load];
      raised(instruction.waits, emitted);
      next[unit]++;
      emitted[unit]++;
      if (unit === 'load') loadPosition[next.load] = emitted.load;
      instructions.push(instruction);
    }
  }
  return instructions;
}

/** Instructions of every unit. */
export type UnitPrograms = Readonly<Record<Unit, UnitProgram>>;

export function instructionCount(programs: UnitPrograms): number {
  return programs.load.count + programs.conv.count + programs.lane.count + programs.store.count;
}

/** Blocks of a program: every block but the last begins with a program load, and the last ends with a halt at least. */
export function blockCount(instructions: number, programBlock: number): number {
  return Math.max(1, Math.ceil(instructions / (programBlock - 1)));
}

/** The unit whose next instruction starts first. */
function earliest(programs: UnitPrograms, next: Readonly<Waits>): Unit | undefined {
  let found: Unit | undefined;
  let first = Infinity;
  for (const unit of units) {
    if (next[unit] < programs[unit].count && programs[unit].starts[next[unit]] < first) {
      first = programs[unit].starts[next[unit]];
      found = unit;
    }
  }
  return found;
}

/** Raises waits that lag too far behind what has been emitted. */
function raised(waits: Waits, emitted: Readonly<Waits>): Waits {
  waits.load = Math.max(waits.load, emitted.load - largestLag);
  waits.conv = Math.max(waits.conv, emitted.conv - largestLag);
  waits.lane = Math.max(waits.lane, emitted.lane - largestLag);
  waits.store = Math.max(waits.store, emitted.store - largestLag);
  return waits;
}

function programLoad(layer: number, address: number, bufferBase: number, words: number, wordBytes: number, waits: Waits): LoadInstruction {
  return {
    unit: 'load', layer, waits, target: 'program', bufferBase,
    address, rowWords: words, rowCount: 1, rowStride: words * wordBytes, planeCount: 1, planeStride: words * wordBytes,
  };
}
