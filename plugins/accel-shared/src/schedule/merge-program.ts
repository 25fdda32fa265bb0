import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction, LoadInstruction, Waits } from '../program/instruction.js';
import { units, type TimedInstruction, type Unit } from './program-builder.js';

/**
 * A wait may lag behind its unit by at most 32,767 finished instructions when it is compared. Waits are raised to stay
 * within half of that of the instructions before it; the rest is room for units that run ahead.
 */
const largestLag = 16384;

/**
 * One program of the units' instructions, in the order of their estimated starts: an instruction is queued before all that
 * start later, so that a full queue of one unit does not keep another unit idle. Adds the program's own loads and halts.
 */
export function mergeProgram(timed: Record<Unit, readonly TimedInstruction[]>, configuration: AccelSharedConfiguration, programAddress: number): Instruction[] {
  const { programBlock, channelBlock } = configuration;
  const total = units.reduce((sum, unit) => sum + timed[unit].length, 0);
  const blocks = blockCount(total, programBlock);
  const blockWords = programBlock * instructionWords(configuration);
  const blockBytes = blockWords * channelBlock;
  const instructions: Instruction[] = [];
  const next: Record<Unit, number> = { load: 0, conv: 0, lane: 0, store: 0 };
  // Instructions per unit so far, program loads counted, and where the n-th data load is among them.
  const emitted: Waits = { load: 0, conv: 0, lane: 0, store: 0 };
  const loadPosition = new Int32Array(timed.load.length + 1);
  while (instructions.length < blocks * programBlock) {
    const block = Math.floor(instructions.length / programBlock);
    if (instructions.length % programBlock === 0 && block < blocks - 1) {
      const layer = earliest(timed, next)?.instruction.layer ?? 0;
      instructions.push(programLoad(layer, programAddress + (block + 1) * blockBytes, ((block + 1) % 2) * blockWords, blockWords, channelBlock, floors(emitted)));
      emitted.load++;
      continue;
    }
    const found = earliest(timed, next);
    if (found === undefined) {
      instructions.push({ unit: 'halt', layer: instructions.at(-1)?.layer ?? 0, waits: floors(emitted) });
      continue;
    }
    const { instruction } = found;
    next[instruction.unit]++;
    const { waits } = instruction;
    waits.load = loadPosition[waits.load];
    for (const unit of units) waits[unit] = Math.max(waits[unit], emitted[unit] - largestLag);
    emitted[instruction.unit]++;
    if (instruction.unit === 'load') loadPosition[next.load] = emitted.load;
    instructions.push(instruction);
  }
  return instructions;
}

/** Blocks of a program: every block but the last begins with a program load, and the last ends with a halt at least. */
export function blockCount(instructions: number, programBlock: number): number {
  return Math.max(1, Math.ceil(instructions / (programBlock - 1)));
}

function earliest(timed: Record<Unit, readonly TimedInstruction[]>, next: Record<Unit, number>): TimedInstruction | undefined {
  let found: TimedInstruction | undefined;
  for (const unit of units) {
    const candidate = timed[unit][next[unit]] as TimedInstruction | undefined;
    if (candidate !== undefined && (found === undefined || candidate.start < found.start)) found = candidate;
  }
  return found;
}

function floors(emitted: Waits): Waits {
  const floor = (count: number): number => Math.max(0, count - largestLag);
  return { load: floor(emitted.load), conv: floor(emitted.conv), lane: floor(emitted.lane), store: floor(emitted.store) };
}

function programLoad(layer: number, address: number, bufferBase: number, words: number, wordBytes: number, waits: Waits): LoadInstruction {
  return {
    unit: 'load', layer, waits, target: 'program', bufferBase,
    address, rowWords: words, rowCount: 1, rowStride: words * wordBytes, planeCount: 1, planeStride: words * wordBytes,
  };
}
