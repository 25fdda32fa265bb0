import type { ClampAttribute } from '@autodnnchip/core';

export type Clamp = NonNullable<ClampAttribute['clamp']>;

/** The clamp that does what `first` and then `second` do. */
export function combineClamps(first: Clamp | undefined, second: Clamp): Clamp {
  if (first === undefined) return second;
  const into = (value: number): number => Math.min(second.high, Math.max(second.low, value));
  return { low: into(first.low), high: into(first.high) };
}
