import { describeError, type Findings } from '../findings.js';
import type { RecordedBid } from '../engines-under-test.js';

/** Answers to works; returns how many the engine would run, by form. */
export function checkBids(answers: readonly RecordedBid[], findings: Findings): Readonly<Record<string, number>> {
  const forms: Record<string, number> = {};
  for (const { work, bid, thrown } of answers) {
    const problem = thrown === undefined ? problemOf(bid) : `throws ${describeError(thrown)}`;
    findings.expect(
      'bids.answers',
      problem === undefined ? undefined : `asked for a ${work.form} of ${work.inputs.length} operands, it ${problem}`,
    );
    if (problem === undefined && 'cycles' in (bid as object)) forms[work.form] = (forms[work.form] ?? 0) + 1;
  }
  if (answers.length === 0) findings.skip('bids.answers', 'the engine was asked for nothing');
  return forms;
}

function problemOf(bid: unknown): string | undefined {
  if (typeof bid !== 'object' || bid === null) return `answers ${String(bid)}`;
  if ('refused' in bid) {
    const { refused } = bid;
    return typeof refused === 'string' && refused.trim().split(/\s+/).length >= 3
      ? undefined
      : `refuses without a sentence: ${JSON.stringify(refused)}`;
  }
  const { cycles } = bid as { readonly cycles?: unknown };
  return typeof cycles === 'number' && Number.isFinite(cycles) && cycles >= 0
    ? undefined
    : `bids ${String(cycles)} cycles`;
}
