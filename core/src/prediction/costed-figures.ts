import type { NotCosted, Prediction } from './prediction.js';

/** Under which an accelerator of which no power is published lists that it gives no energy. */
export const energyNotCosted = { name: 'energy', operator: 'power' } as const;

/**
 * Figures that follow from what is not costed: they are 0 in the prediction and are no figures. Absent: all is costed.
 */
export interface MissingFigures {
  /** Why there is no latency and no throughput: nothing of the network is costed. */
  readonly time?: string;
  /** Why there is no energy and no power. */
  readonly energy?: string;
}

/**
 * What a prediction has no figure of. Only accelerators that exist miss any: for them operators are listed, not
 * refused.
 */
export function missingFigures({
  latencyCycles,
  notCosted,
}: Pick<Prediction, 'latencyCycles' | 'notCosted'>): MissingFigures {
  if (latencyCycles === 0) {
    const why = 'nothing of this network is costed';
    return { time: why, energy: why };
  }
  const energy = notCosted.find(isEnergy)?.reason;
  return energy === undefined ? {} : { energy };
}

/** Why the figure of this path (`layers[conv1].energyPicojoules`) is missing; undefined where it is a figure. */
export function whyMissing(missing: MissingFigures, path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (/^latency|^throughput/.test(name)) return missing.time;
  return /^energy|^power/.test(name) ? missing.energy : undefined;
}

function isEnergy({ name, operator }: NotCosted): boolean {
  return name === energyNotCosted.name && operator === energyNotCosted.operator;
}
