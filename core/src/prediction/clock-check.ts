import type { Prediction } from './prediction.js';

/** The clock that a chip is predicted at, held against the highest that is predicted for it. */
export interface ClockCheck {
  readonly megahertz: number;
  /** Predicted highest clock after place and route; absent where no model covers the family. */
  readonly fmaxMegahertz?: number;
  /** `within` the predicted highest clock, `above` it, or `notKnown`, where none is predicted. */
  readonly reach: 'within' | 'above' | 'notKnown';
}

/**
 * Whether a chip that is to be built can be expected to reach its platform's clock. Accelerators that exist run at
 * theirs.
 */
export function checkClock({
  clockMegahertz: megahertz,
  resources: { fmaxMegahertz },
}: Pick<Prediction, 'clockMegahertz' | 'resources'>): ClockCheck {
  if (fmaxMegahertz === undefined) return { megahertz, reach: 'notKnown' };
  return { megahertz, fmaxMegahertz, reach: megahertz <= fmaxMegahertz ? 'within' : 'above' };
}

/** The highest clock as a value for a table of facts: predicted, or that it is not known. */
export function highestClockText({ fmaxMegahertz }: Pick<ClockCheck, 'fmaxMegahertz'>): string {
  return fmaxMegahertz === undefined
    ? 'not known: no model covers this platform'
    : `${fmaxMegahertz.toFixed(1)} MHz, predicted`;
}

/** What to warn of where the clock is out of reach; undefined elsewhere. */
export function clockWarning({ megahertz, fmaxMegahertz, reach }: ClockCheck): string | undefined {
  if (reach !== 'above' || fmaxMegahertz === undefined) return undefined;
  return (
    `The platform's clock of ${megahertz} MHz is above the predicted highest clock of ${fmaxMegahertz.toFixed(1)} MHz: times at that clock are out of reach. ` +
    'Synthesise with --place-and-route to be sure, or make the chip smaller.'
  );
}
