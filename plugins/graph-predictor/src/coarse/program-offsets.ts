import { isResolvedLoop, type ResolvedResource, type ResolvedState, type ResolvedStep } from '@autodnnchip/core';

/** When a state runs, in ticks in which its node was busy since it began: waiting only makes it later. */
export interface StateOffsets {
  readonly state: ResolvedState;
  /** Of one execution. */
  readonly ticks: number;
  /** Start of the first execution. */
  readonly firstStart: number;
  /** End of the last one. */
  readonly lastEnd: number;
  /** Loops around the state, outer ones first: how often each runs, and busy ticks of a turn. */
  readonly loops: readonly { readonly repeat: number; readonly ticks: number }[];
}

/** Offsets of all states of a program, in the order in which they first run. */
export function programOffsets(
  steps: readonly ResolvedStep[],
  resources: readonly ResolvedResource[],
): readonly StateOffsets[] {
  const found: StateOffsets[] = [];
  const walk = (
    inner: readonly ResolvedStep[],
    start: number,
    lastStart: number,
    loops: StateOffsets['loops'],
  ): void => {
    let offset = 0;
    for (const step of inner) {
      if (isResolvedLoop(step)) {
        const ticks = busyTicks(step.steps, resources);
        const last = lastStart + offset + (step.repeat - 1) * ticks;
        walk(step.steps, start + offset, last, [...loops, { repeat: step.repeat, ticks }]);
        offset += step.repeat * ticks;
      } else {
        const ticks = ticksOf(step, resources);
        found.push({ state: step, ticks, firstStart: start + offset, lastEnd: lastStart + offset + ticks, loops });
        offset += ticks;
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
    const { repeat, ticks } = loops[index];
    offset += (rest % repeat) * ticks;
    rest = Math.floor(rest / repeat);
  }
  return offset;
}

function busyTicks(steps: readonly ResolvedStep[], resources: readonly ResolvedResource[]): number {
  return steps.reduce(
    (sum, step) =>
      sum + (isResolvedLoop(step) ? step.repeat * busyTicks(step.steps, resources) : ticksOf(step, resources)),
    0,
  );
}

function ticksOf({ cycles, resource }: ResolvedState, resources: readonly ResolvedResource[]): number {
  return cycles * resources[resource].periodTicks;
}
