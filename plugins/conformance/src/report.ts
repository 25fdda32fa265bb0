import { checkIds, checkTable } from './check-table.js';
import type { CheckResult } from './findings.js';

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
  readonly engines: readonly EngineReport[];
}

const marks = { passed: 'pass', failed: 'FAIL', skipped: 'skip' } as const;

/** The report for a human: a line a check, and below it what is wrong. */
export function reportText({ plugin, seed, engines }: ConformanceReport): string {
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
  return [`${plugin}, seed ${seed}`, ...sections].join('\n\n');
}
