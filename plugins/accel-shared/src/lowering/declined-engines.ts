import type { EngineAnswer } from './lowered-network.js';

const known = new WeakMap<readonly EngineAnswer[], readonly string[]>();

/** Why each engine and form but the first was not taken, as one line each. The first answer is the winner's. */
export function declinedEngines(answers: readonly EngineAnswer[]): readonly string[] {
  let lines = known.get(answers);
  if (lines === undefined) known.set(answers, (lines = linesOf(answers)));
  return lines;
}

function linesOf([winner, ...others]: readonly EngineAnswer[]): readonly string[] {
  const least = winner.cycles ?? 0;
  return others.map(({ engine, form, cycles, refused, isAbsent }) => {
    const name = isAbsent === true ? `${engine} (not on the chip)` : engine;
    const what = form === winner.form ? name : `${name} as ${form}`;
    if (cycles === undefined) return `${what}: refused, ${refused}`;
    if (cycles === least) return `${what}: as many cycles`;
    return `${what}: ${least === 0 ? 'more' : `${(cycles / least).toFixed(1)} x the`} cycles (${cycles} to ${least})`;
  });
}
