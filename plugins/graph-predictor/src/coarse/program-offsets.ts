import { isResolvedLoop, type ResolvedState, type ResolvedStep } from '@autodnnchip/core';

/** When a state runs, in busy cycles of its node since the node began: waiting only makes it later. */
export interface StateOffsets {
  readonly state: ResolvedState;
  /** Start of the first execution. */
  readonly firstStart: number;
  /** End of the last one. */
  readonly lastEnd: number;
  /** Loops around the state, outer ones first: how often each runs, and busy cycles of a turn. */
  readonly loops: readonly { readonly repeat: number; readonly cycles: number }[];
}

/** Offsets of all states of a program, in the order in which they first run. */
export function programOffsets(steps: readonly ResolvedStep[]): readonly StateOffsets[] {
  const found: StateOffsets[] = [];
  const walk = (inner: readonly ResolvedStep[], start: number, lastStart: number, loops: StateOffsets['loops']): void => {
    let offset = 0;
    for (const step of inner) {
      if (isResolvedLoop(step)) {
        const cycles = busyCycles(step.steps);
        const last = lastStart + offset + (step.repeat - 1) * cycles;
        walk(step.steps, start + offset, last, [...loops, { repeat: step.repeat, cycles }]);
        offset += step.repeat * cycles;
      } else {
        found.push({ state: step, firstStart: start + offset, lastEnd: lastStart + offset + step.cycles, loops });
        offset += step.cycles;
      }
    }
  };
  walk(steps, 0, 0, []);
  return found;
}

/** Start of an execution of a state, the first being number 0. */
export function startOfExecution({ firstStart, loops }: StateOffsets, number: number): number {
  let offset = firstStart;
  let rest = number;
  for (let index = loops.length - 1; index >= 0; index--) {
    const { repeat, cycles } = loops[index];
    offset += (rest % repeat) * cycles;
    rest = Math.floor(rest / repeat);
  }
  return offset;
}

function busyCycles(steps: readonly ResolvedStep[]): number {
  return steps.reduce((sum, step) => sum + (isResolvedLoop(step) ? step.repeat * busyCycles(step.steps) : step.cycles), 0);
}
