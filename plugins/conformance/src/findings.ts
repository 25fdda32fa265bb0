import { ChipError, errorMessage } from '@autodnnchip/core';

import { checkIds, checkTable, type CheckId } from './check-table.js';

/** What a check came to. */
export interface CheckResult {
  readonly check: CheckId;
  /** What it holds the engine to. */
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Cases that were looked at. */
  readonly cases: number;
  /** What is wrong, the first few cases; empty unless it failed. */
  readonly failures: readonly string[];
  /** Why it was skipped. */
  readonly reason?: string;
}

/** Failures of a check that are kept: the first ones tell the most. */
const keptFailures = 5;

/** Takes what the checks find out. */
export interface Findings {
  /** A case was looked at, and is right. */
  pass(check: CheckId): void;
  fail(check: CheckId, message: string): void;
  /** Why a check looked at nothing; the first reason counts. */
  skip(check: CheckId, reason: string): void;
  /** A case that passes without a message, and fails with one. */
  expect(check: CheckId, message: string | undefined): void;
  /** What `work` returns; undefined, and a failure of the check, where it throws. */
  attempt<Result>(check: CheckId, what: string, work: () => Result): Result | undefined;
  hasFailed(check: CheckId): boolean;
  results(): readonly CheckResult[];
}

export function createFindings(): Findings {
  const cases = new Map<CheckId, number>();
  const failures = new Map<CheckId, string[]>();
  const reasons = new Map<CheckId, string>();
  const count = (check: CheckId): void => void cases.set(check, (cases.get(check) ?? 0) + 1);
  const fail = (check: CheckId, message: string): void => {
    count(check);
    const found = failures.get(check) ?? [];
    failures.set(check, found);
    if (found.length < keptFailures && !found.includes(message)) found.push(message);
  };
  return {
    pass: count,
    fail,
    skip: (check, reason) => {
      if (!reasons.has(check)) reasons.set(check, reason);
    },
    expect: (check, message) => {
      if (message === undefined) count(check);
      else fail(check, message);
    },
    attempt: (check, what, work) => {
      try {
        return work();
      } catch (error) {
        fail(check, `${what} throws ${describeError(error)}`);
        return undefined;
      }
    },
    hasFailed: check => failures.has(check),
    results: () =>
      checkIds.map((check): CheckResult => {
        const found = failures.get(check) ?? [];
        const looked = cases.get(check) ?? 0;
        const common = { check, title: checkTable[check], cases: looked, failures: found };
        if (found.length > 0) return { ...common, status: 'failed' };
        if (looked > 0) return { ...common, status: 'passed' };
        return { ...common, status: 'skipped', reason: reasons.get(check) ?? 'what it looks at was not reached' };
      }),
  };
}

/** An error with its code, where it has one, in a line. */
export function describeError(error: unknown): string {
  const [line] = errorMessage(error).split('\n');
  return error instanceof ChipError ? `${error.code}: ${line}` : line;
}
