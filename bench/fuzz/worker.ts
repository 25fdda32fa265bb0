// Runs cases of one kind, one after another: `worker KIND FOLDER`, seeds by message. `bench/fuzz.ts` watches it.
import { prepareFuzz, type FuzzKind } from '../../test/fuzz/fuzz-cases.js';

/** From the driver: run the seeds from `first` on, before `end`. */
export interface WorkerOrder {
  readonly first: number;
  readonly end: number;
}

/** To the driver. */
export type WorkerReport =
  | { readonly what: 'ready' }
  | { readonly what: 'done' }
  | { readonly what: 'start'; readonly seed: number }
  | {
      readonly what: 'case';
      readonly seed: number;
      readonly outcome: string;
      readonly cpuSeconds: number;
      readonly residentBytes: number;
    }
  | { readonly what: 'bug'; readonly seed: number; readonly stack: string };

const [kind, folder] = process.argv.slice(2) as [FuzzKind, string];
const report = (message: WorkerReport): void => {
  process.send?.(message);
};

const run = await prepareFuzz(folder, kind);
process.on('message', (order: WorkerOrder) => {
  runAll(order).catch((error: unknown) => {
    throw error;
  });
});
report({ what: 'ready' });

async function runAll({ first, end }: WorkerOrder): Promise<void> {
  for (let seed = first; seed < end; seed++) {
    report({ what: 'start', seed });
    const before = process.cpuUsage();
    try {
      const outcome = await run(seed);
      const { user, system } = process.cpuUsage(before);
      report({
        what: 'case',
        seed,
        outcome,
        cpuSeconds: (user + system) / 1e6,
        residentBytes: process.memoryUsage.rss(),
      });
    } catch (error) {
      report({ what: 'bug', seed, stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  report({ what: 'done' });
}

process.on('disconnect', () => process.exit(0));
