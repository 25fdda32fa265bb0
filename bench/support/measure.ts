/** Middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Measurement {
  readonly medianMilliseconds: number;
  /**
   * Processor time of this process in the middle run, its helper threads included: hardly depends on what else runs.
   */
  readonly medianProcessorMilliseconds: number;
  readonly fastestMilliseconds: number;
  readonly slowestMilliseconds: number;
  /** The very first call, before anything is warm. */
  readonly firstMilliseconds: number;
  readonly runs: number;
}

/** Times calls one after another: the first, `warmUp` calls that do not count, and `runs` that do. */
export function measure(call: () => void, { warmUp, runs }: { warmUp: number; runs: number }): Measurement {
  const timed = (): { wall: number; processor: number } => {
    const before = process.cpuUsage();
    const started = performance.now();
    call();
    const wall = performance.now() - started;
    const { user, system } = process.cpuUsage(before);
    return { wall, processor: (user + system) / 1000 };
  };
  const firstMilliseconds = timed().wall;
  for (let run = 0; run < warmUp; run++) timed();
  const times = Array.from({ length: runs }, timed);
  const walls = times.map(({ wall }) => wall);
  return {
    medianMilliseconds: median(walls),
    medianProcessorMilliseconds: median(times.map(({ processor }) => processor)),
    fastestMilliseconds: Math.min(...walls),
    slowestMilliseconds: Math.max(...walls),
    firstMilliseconds,
    runs,
  };
}
