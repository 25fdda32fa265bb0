import type { BurstObserver } from '../timing/shared-bandwidth.js';

export type Channel = 'load' | 'store';

/** A burst, by its number on its channel, that begins `cycles` after another because memory serves one at a time. */
export interface HeldBurst {
  readonly channel: Channel;
  readonly burst: number;
  readonly by: { readonly channel: Channel; readonly burst: number };
  readonly cycles: number;
}

interface BegunBurst {
  readonly channel: Channel;
  readonly burst: number;
  readonly edge: number;
}

/** The bursts of a run that begin later than they would alone, in the order in which they begin. */
export function heldBursts(run: (observer: BurstObserver) => void): readonly HeldBurst[] {
  const held: HeldBurst[] = [];
  const counts = { load: 0, store: 0 };
  /** The last burst to begin, and the last to begin at an earlier edge than that. */
  let last: BegunBurst | undefined;
  let earlier: BegunBurst | undefined;
  run((isRead, edge, alone) => {
    const channel = isRead ? 'load' : 'store';
    const burst = counts[channel]++;
    if (last !== undefined && last.edge < edge) earlier = last;
    if (edge > alone && earlier !== undefined)
      held.push({
        channel,
        burst,
        by: { channel: earlier.channel, burst: earlier.burst },
        cycles: edge - earlier.edge,
      });
    last = { channel, burst, edge };
  });
  return held;
}
