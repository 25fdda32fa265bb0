// time-limit-seconds: 300
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { fuzzKinds, prepareFuzz, type FuzzKind } from './fuzz-cases.js';

const first = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const cases: Readonly<Record<FuzzKind, number>> = { model: 250, array: 300, graph: 250, bundle: 120, table: 120 };
process.stdout.write(
  `fuzz seeds from ${first} on (FUZZ_SEED sets them); bench/fuzz.ts runs many more, and watches time and memory\n`,
);

const test = suite(`changed input of every kind (seed ${first})`, { timeLimitSeconds: 120 });

for (const kind of fuzzKinds) {
  test(`${kind}: accepted, or refused with a code`, async () => {
    const run = await prepareFuzz(join(temporaryFolder(), kind), kind);
    const outcomes = new Map<string, number>();
    for (let seed = first; seed < first + cases[kind]; seed++) {
      try {
        const outcome = await run(seed);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      } catch (error) {
        throw new Error(`${kind} ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
          cause: error,
        });
      }
    }
    assert.ok(
      (outcomes.get('accepted') ?? 0) > 0 && outcomes.size > 1,
      'cases reach what is behind the reader, and not all do',
    );
  });
}

test.run();
