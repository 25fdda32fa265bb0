// Changed models, arrays, graphs, bundles and tables, through readers, passes and predictors:
//     node --conditions=@autodnnchip/source --import tsx bench/fuzz.ts [--cases N] [--first SEED] [--workers N] [--kind KIND]
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzzKinds, type FuzzKind } from '../test/fuzz/fuzz-cases.js';
import type { WorkerOrder, WorkerReport } from './fuzz/worker.js';
import { describeMachine, machine, markdownTable, writeResults } from './support/results.js';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    first: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    kind: { type: 'string' },
  },
});
const kinds = values.kind === undefined ? fuzzKinds : fuzzKinds.filter(kind => kind === values.kind);
/** Of the cases of all kinds; each kind is as hard as another. */
const shares: Readonly<Record<FuzzKind, number>> = { model: 0.3, array: 0.2, graph: 0.2, bundle: 0.15, table: 0.15 };
const firstSeed = Number(values.first);

/**
 * A case that takes longer, in time of the processor, hangs; one that the watch-dog ends has not come back in all this
 * time.
 */
const longestCpuSeconds = 2;
const watchDogSeconds = 60;
const largestResidentBytes = 512 * 2 ** 20;
const oldSpaceMegabytes = 320;
/** A worker starts anew after so many: what leaks over cases is not a fault of one. */
const batch = 2500;

interface Finding {
  readonly kind: FuzzKind;
  readonly seed: number;
  readonly what: string;
}

interface KindResult {
  cases: number;
  readonly outcomes: Map<string, number>;
  slowest: { seed: number; cpuSeconds: number };
  residentBytes: number;
  readonly findings: Finding[];
}

/** What the run is of; taken at its start, for the folder may go on to another commit. */
const commit = committed();
let terminated = false;
const workers = new Set<ChildProcess>();

const results = new Map(
  kinds.map((kind): [FuzzKind, KindResult] => [
    kind,
    { cases: 0, outcomes: new Map(), slowest: { seed: 0, cpuSeconds: 0 }, residentBytes: 0, findings: [] },
  ]),
);
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));

function committed(): string {
  const git = (...command: string[]): string =>
    execFileSync('git', command, { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' }).trim();
  try {
    return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' (dirty: with changes that are not committed)'}`;
  } catch {
    return 'unknown: no git repository';
  }
}

/** Keeps a finding, and says it at once: a run takes hours. */
function found(result: KindResult, finding: Finding): void {
  result.findings.push(finding);
  process.stderr.write(`FINDING ${describeFinding(finding)}\n`);
}

function describeFinding({ kind, seed, what }: Finding): string {
  return `${kind} ${seed}: ${what.split('\n').slice(0, 4).join(' | ')}`;
}

/** Peak of a process's memory as the system saw it, also between reports. */
function peakBytes({ pid }: ChildProcess): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Runs the seeds in one process; returns the seed to go on with, for one that ended it is behind. */
async function runBatch(kind: FuzzKind, order: WorkerOrder, name: string): Promise<number> {
  const result = results.get(kind) as KindResult;
  const worker = fork(fileURLToPath(new URL('./fuzz/worker.ts', import.meta.url)), [kind, join(folder, name)], {
    execArgv: [...process.execArgv, `--max-old-space-size=${oldSpaceMegabytes}`],
  });
  workers.add(worker);
  let current = order.first;
  let stopped: string | undefined;
  const stop = (why: string): void => {
    stopped = why;
    worker.kill('SIGKILL');
  };
  return await new Promise(resolve => {
    let timer = setTimeout(() => stop('did not get ready'), 2 * watchDogSeconds * 1000);
    worker.on('message', (message: WorkerReport) => {
      if (message.what === 'ready') worker.send(order);
      else if (message.what === 'done') {
        result.residentBytes = Math.max(result.residentBytes, peakBytes(worker));
        current = order.end;
        worker.disconnect();
      } else if (message.what === 'start') {
        current = message.seed;
        clearTimeout(timer);
        timer = setTimeout(() => stop(`hangs: no answer within ${watchDogSeconds} s`), watchDogSeconds * 1000);
      } else note(result, kind, message);
    });
    worker.once('exit', (code, signal) => {
      clearTimeout(timer);
      workers.delete(worker);
      if (terminated) current = order.end;
      else if (current < order.end) {
        found(result, { kind, seed: current, what: stopped ?? `the process ended: ${signal ?? `exit code ${code}`}` });
        result.cases++;
        current++;
      }
      resolve(current);
    });
  });
}

function note(
  result: KindResult,
  kind: FuzzKind,
  message: Extract<WorkerReport, { readonly what: 'case' } | { readonly what: 'bug' }>,
): void {
  result.cases++;
  const { seed } = message;
  if (message.what === 'bug') {
    found(result, { kind, seed, what: message.stack });
    return;
  }
  const { outcome, cpuSeconds, residentBytes } = message;
  result.residentBytes = Math.max(result.residentBytes, residentBytes);
  result.outcomes.set(outcome, (result.outcomes.get(outcome) ?? 0) + 1);
  if (cpuSeconds > result.slowest.cpuSeconds) result.slowest = { seed, cpuSeconds };
  if (cpuSeconds > longestCpuSeconds)
    found(result, { kind, seed, what: `takes ${cpuSeconds.toFixed(1)} s (${outcome})` });
  if (residentBytes > largestResidentBytes)
    found(result, { kind, seed, what: `takes ${(residentBytes / 2 ** 20).toFixed(0)} MB (${outcome})` });
}

const started = performance.now();
// Kinds in turn: whatever part of the run is done has something of each.
const queue = kinds
  .flatMap(kind => {
    const cases = Math.round(Number(values.cases) * (kinds.length === 1 ? 1 : shares[kind]));
    return Array.from({ length: Math.ceil(cases / batch) }, (_, index) => ({
      kind,
      first: firstSeed + index * batch,
      end: firstSeed + Math.min(cases, (index + 1) * batch),
    }));
  })
  .sort((left, right) => left.first - right.first);
// Results of what has been run are worth having.
process.once('SIGTERM', () => {
  terminated = true;
  queue.length = 0;
  for (const worker of workers) worker.kill('SIGKILL');
});
await Promise.all(
  Array.from({ length: Number(values.workers) }, async (_, worker) => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      for (let next = task.first; next < task.end;)
        next = await runBatch(task.kind, { first: next, end: task.end }, `${worker}-${task.kind}-${next}`);
      process.stderr.write(
        `${task.kind} ${task.first} to ${task.end}: ${[...results.values()].reduce((sum, { findings }) => sum + findings.length, 0)} findings so far\n`,
      );
    }
  }),
);
rmSync(folder, { recursive: true, force: true });

const seconds = (performance.now() - started) / 1000;
const all = [...results.values()];
const findings = all.flatMap(result => result.findings);
const cases = all.reduce((sum, result) => sum + result.cases, 0);
const codes = (result: KindResult): string =>
  [...result.outcomes]
    .filter(([outcome]) => outcome !== 'accepted')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');
const rows = [...results].map(([kind, result]) => [
  kind,
  result.cases,
  result.outcomes.get('accepted') ?? 0,
  result.findings.length,
  Number(result.slowest.cpuSeconds.toFixed(2)),
  Math.round(result.residentBytes / 2 ** 20),
  codes(result),
]);
const text = [
  '# Fuzz',
  '',
  `${terminated ? `**Stopped before its end, at ${cases} of ${values.cases} cases.** ` : ''}Commit ${commit}.`,
  '',
  `${cases} cases (seeds from ${firstSeed} on), ${findings.length} findings: a crash, an error that is a bug of ours (exit code 70), a number in a result that is none, more than ${longestCpuSeconds} s, more than ${largestResidentBytes / 2 ** 20} MB.`,
  `${(cases / seconds).toFixed(0)} cases/s with ${values.workers} workers. ${describeMachine(machine())}`,
  '',
  markdownTable(
    ['kind', 'cases', 'accepted', 'findings', 'slowest, s of processor', 'memory of a worker at most, MB', 'refused'],
    rows,
  ),
  '',
  ...findings.slice(0, 200).map(finding => `- ${describeFinding(finding)}`),
].join('\n');
writeResults(
  'fuzz',
  {
    commit,
    isWhole: !terminated,
    seed: firstSeed,
    casesAsked: Number(values.cases),
    cases,
    seconds: Math.round(seconds),
    rows,
    findings,
  },
  text,
);
process.exitCode = findings.length === 0 ? 0 : 1;
