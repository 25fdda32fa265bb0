import { z } from 'zod';

import { checkIds, checkTable } from './check-table.js';
import type { CheckResult } from './findings.js';

const count = z.int().nonnegative();

/** Fields of the document that `check --json` prints; `schemas/conformance.schema.json` is written from it. */
export const conformanceFields = {
  plugin: z.string().describe('Path or name of the plugin, as it was given.'),
  seed: count.describe('Of everything that is drawn: `--seed` repeats the run.'),
  rounds: count.describe('Chips and networks that were drawn for the checks without a simulator.'),
  engines: z.array(
    z.object({
      engine: z.string().describe('Identifier of the engine.'),
      passed: z.boolean(),
      forms: z.record(z.string(), count).describe('Works that it ran, by their form.'),
      checks: z.array(
        z.object({
          check: z.enum(checkIds),
          title: z.string(),
          status: z.enum(['passed', 'failed', 'skipped']),
          cases: count,
          failures: z.array(z.string()).describe('The first few; empty unless the check failed.'),
          reason: z.string().optional().describe('Why it was skipped.'),
        }),
      ),
    }),
  ),
} satisfies z.ZodRawShape;

/** What became of one engine. */
export interface EngineReport {
  readonly engine: string;
  /** No check failed; some may have been skipped. */
  readonly passed: boolean;
  readonly forms: Readonly<Record<string, number>>;
  readonly checks: readonly CheckResult[];
}

export interface ConformanceReport {
  readonly plugin: string;
  readonly seed: number;
  readonly rounds: number;
  readonly engines: readonly EngineReport[];
}

/** JSON schema of the document of `check --json`. */
export function conformanceJsonSchema(): unknown {
  return z.toJSONSchema(z.object({ schemaVersion: z.int(), command: z.literal('check'), ...conformanceFields }));
}

const marks = { passed: 'pass', failed: 'FAIL', skipped: 'skip' } as const;

/** The report for a human: a line a check, and below it what is wrong. */
export function reportText({ plugin, seed, rounds, engines }: ConformanceReport): string {
  const width = Math.max(...checkIds.map(({ length }) => length));
  const sections = engines.map(({ engine, passed, forms, checks }) => {
    const ran = Object.entries(forms).map(([form, works]) => `${works} ${form}`);
    const lines = checks.flatMap(({ check, status, cases, failures, reason }) => [
      `${marks[status]}  ${check.padEnd(width)}  ${status === 'skipped' ? (reason ?? '') : `${checkTable[check]} (${cases})`}`,
      ...failures.map(failure => `      ${failure.replaceAll('\n', '\n      ')}`),
    ]);
    return [
      `${engine}: ${passed ? 'conforms' : 'does not conform'}; works that it ran: ${ran.join(', ') || 'none'}`,
      ...lines,
    ].join('\n');
  });
  return [`${plugin}, seed ${seed}, ${rounds} rounds`, ...sections].join('\n\n');
}
