import { chipOf, loadUnit } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction, LoadInstruction } from '../program/instruction.js';
import type { UnitProgram } from './program-builder.js';

/**
 * A wait may lag behind its unit by at most 32,767 finished instructions when it is compared. Waits are raised to stay
 * within half of that of the instructions before it; the rest is room for units that run ahead.
 */
const largestLag = 16384;

/**
 * One program of the units' instructions, in the order of their estimated starts: an instruction is queued before all
 * that start later, so that a full queue of one unit does not keep another unit idle. Adds the program's own loads and
 * halts.
 */
export function mergeProgram(
  programs: readonly UnitProgram[],
  configuration: AccelSharedConfiguration,
  programAddress: number,
): Instruction[] {
  const { programBlock, channelBlock } = configuration;
  const { programTarget } = chipOf(configuration);
  const blocks = blockCount(instructionCount(programs), programBlock);
  const blockWords = programBlock * instructionWords(configuration);
  const instructions: Instruction[] = [];
  const noWaits = (): number[] => programs.map(() => 0);
  const next = noWaits();
  // Instructions per unit so far, program loads counted, and where the n-th data load is among them.
  const emitted = noWaits();
  const loadPosition = new Int32Array(programs[loadUnit].count + 1);
  for (let block = 0; block < blocks; block++) {
    const end = (block + 1) * programBlock;
    if (block < blocks - 1) {
      const unit = earliest(programs, next);
      instructions.push({
        kind: 'load',
        unit: loadUnit,
        layer: unit < 0 ? 0 : programs[unit].instructions[next[unit]].layer,
        waits: raised(noWaits(), emitted),
        target: programTarget,
        bufferBase: ((block + 1) % 2) * blockWords,
        ...programBox(programAddress + (block + 1) * blockWords * channelBlock, blockWords, channelBlock),
      });
      emitted[loadUnit]++;
    }
    while (instructions.length < end) {
      const unit = earliest(programs, next);
      if (unit < 0) {
        instructions.push({
          kind: 'halt',
          unit: programs.length,
          layer: instructions.at(-1)?.layer ?? 0,
          waits: raised(noWaits(), emitted),
        });
        continue;
      }
      const instruction = programs[unit].instructions[next[unit]];
      instruction.waits[loadUnit] = loadPosition[instruction.waits[loadUnit]];
      raised(instruction.waits, emitted);
      next[unit]++;
      emitted[unit]++;
      if (unit === loadUnit) loadPosition[next[loadUnit]] = emitted[loadUnit];
      instructions.push(instruction);
    }
  }
  return instructions;
}

export function instructionCount(programs: readonly UnitProgram[]): number {
  return programs.reduce((sum, { count }) => sum + count, 0);
}

/** Blocks of a program: every block but the last begins with a program load, and the last ends with a halt at least. */
export function blockCount(instructions: number, programBlock: number): number {
  return Math.max(1, Math.ceil(instructions / (programBlock - 1)));
}

/** The unit whose next instruction starts first; -1: none has one. */
function earliest(programs: readonly UnitProgram[], next: readonly number[]): number {
  let found = -1;
  let first = Infinity;
  for (let unit = 0; unit < programs.length; unit++) {
    const { count, starts } = programs[unit];
    if (next[unit] < count && starts[next[unit]] < first) {
      first = starts[next[unit]];
      found = unit;
    }
  }
  return found;
}

/** Raises waits that lag too far behind what has been emitted. */
function raised(waits: number[], emitted: readonly number[]): number[] {
  for (let unit = 0; unit < waits.length; unit++)
    if (waits[unit] < emitted[unit] - largestLag) waits[unit] = emitted[unit] - largestLag;
  return waits;
}

function programBox(
  address: number,
  words: number,
  wordBytes: number,
): Omit<LoadInstruction, 'kind' | 'unit' | 'layer' | 'waits' | 'target' | 'bufferBase'> {
  return {
    address,
    rowWords: words,
    rowCount: 1,
    rowStride: words * wordBytes,
    planeCount: 1,
    planeStride: words * wordBytes,
  };
}
