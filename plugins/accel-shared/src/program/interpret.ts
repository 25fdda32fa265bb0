import { ChipError } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { Instruction } from './instruction.js';
import { createChipState, type ChipState } from './interpret-state.js';
import { runLoad, runStore } from './interpret-transfers.js';

export interface InterpretOptions {
  /**
   * Undefined: instructions run in program order. A number: units run as far ahead of each other as waits allow, in an
   * order drawn from this seed, and buffers begin with random bytes, so that a missing wait shows as wrong results.
   */
  readonly seed?: number;
}

/**
 * Runs a program on external memory (changed in place) without timing: the second reader of a schedule beside the chip.
 * Throws where an instruction leaves a buffer, and where waits can never be met.
 */
export function interpretProgram(
  instructions: readonly Instruction[],
  configuration: AccelSharedConfiguration,
  memory: Uint8Array,
  options: InterpretOptions = {},
): void {
  const { seed } = options;
  const random = randomNumbers(seed ?? 0);
  const state = createChipState(
    configuration,
    memory,
    seed === undefined ? () => 0 : () => Math.floor(random() * 256) - 128,
  );
  const finished = state.chip.units.map(() => 0);
  const run = (index: number): void => {
    const instruction = instructions[index];
    if (instruction.kind === 'halt') return;
    runInstruction(state, instruction, index);
    finished[instruction.unit]++;
  };
  const isReady = ({ waits }: Instruction): boolean => finished.every((count, unit) => count >= waits[unit]);
  if (seed === undefined) {
    for (const [index, instruction] of instructions.entries()) {
      if (instruction.kind === 'halt') break;
      if (!isReady(instruction))
        throw new ChipError('ADC9001', `Instruction ${index} waits for one that comes after it.`);
      run(index);
    }
    return;
  }
  runInAnyOrder(instructions, finished.length, isReady, run, random);
}

/** Units take their instructions in order; which unit goes next is drawn, with odds that change from time to time. */
function runInAnyOrder(
  instructions: readonly Instruction[],
  unitCount: number,
  isReady: (instruction: Instruction) => boolean,
  run: (index: number) => void,
  random: () => number,
): void {
  const queues = Array.from({ length: unitCount }, (_, unit) =>
    instructions.flatMap((instruction, index) => (instruction.unit === unit ? [index] : [])),
  );
  const next = queues.map(() => 0);
  let odds = queues.map(() => random() ** 4);
  for (;;) {
    if (random() < 0.02) odds = queues.map(() => random() ** 4);
    let chosen = -1;
    let best = -1;
    for (const [unit, queue] of queues.entries()) {
      if (next[unit] === queue.length || !isReady(instructions[queue[next[unit]]])) continue;
      const score = odds[unit] * random();
      if (score > best) {
        best = score;
        chosen = unit;
      }
    }
    if (chosen < 0) {
      if (queues.every((queue, unit) => next[unit] === queue.length)) return;
      throw new ChipError('ADC9001', 'The program is stuck: no unit can start its next instruction.');
    }
    run(queues[chosen][next[chosen]++]);
  }
}

function runInstruction(state: ChipState, instruction: Exclude<Instruction, { kind: 'halt' }>, index: number): void {
  const { chip, engines } = state;
  try {
    switch (instruction.kind) {
      case 'load':
        runLoad(state, instruction);
        break;
      case 'task':
        chip.engines[instruction.unit - 1].execute(instruction.task, engines[instruction.unit - 1]);
        break;
      case 'store':
        runStore(state, instruction);
        break;
    }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ChipError(
      'ADC9001',
      `Instruction ${index} (${chip.units[instruction.unit].name}, layer ${instruction.layer}): ${cause.message}.`,
      { cause },
    );
  }
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
