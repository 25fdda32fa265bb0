import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { suite as uvuSuite } from 'uvu';

/** Programs that a test may need; a test whose tools are missing is skipped, and the run says so. */
export type NeededTool = 'verilator' | 'yosys' | 'iverilog' | 'g++' | 'make' | 'nextpnr-ice40';

type TestBody = () => void | Promise<void>;

export interface Suite {
  (name: string, body: TestBody): void;
  /** A test that is skipped, and reported as skipped, where one of the tools is not installed. */
  needs(...tools: readonly NeededTool[]): (name: string, body: TestBody) => void;
  /** A test that is skipped, and reported as skipped, where a reason not to run it is given. */
  unless(reason: string | undefined): (name: string, body: TestBody) => void;
  before: { (hook: TestBody): void; each(hook: TestBody): void };
  after: { (hook: TestBody): void; each(hook: TestBody): void };
  /** Last statement of every test file. */
  run(): void;
}

export interface SuiteOptions {
  /** For each test; the runner limits the whole file as well. */
  readonly timeLimitSeconds?: number;
}

/** A uvu suite with a time limit per test and tests that depend on tools. */
export function suite(name: string, { timeLimitSeconds = 60 }: SuiteOptions = {}): Suite {
  const tests = uvuSuite(name);
  const add = (title: string, body: TestBody): void => {
    tests(title, async () => await withinTime(body, timeLimitSeconds, title));
  };
  const unless =
    (reason: string | undefined) =>
    (title: string, body: TestBody): void => {
      if (reason === undefined) return add(title, body);
      process.stdout.write(`[skipped] ${name}: ${title} (${reason})\n`);
      tests.skip(title, body);
    };
  const needs = (...tools: readonly NeededTool[]): ReturnType<typeof unless> => {
    const missing = tools.filter(tool => !hasTool(tool));
    return unless(missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);
  };
  return Object.assign(add, { needs, unless, before: tests.before, after: tests.after, run: () => tests.run() });
}

async function withinTime(body: TestBody, seconds: number, title: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`"${title}" took longer than ${seconds} s`)), seconds * 1000);
  });
  try {
    await Promise.race([Promise.resolve().then(body), limit]);
  } finally {
    clearTimeout(timer);
  }
}

const toolPresence = new Map<NeededTool, boolean>();

/** Whether a program is in PATH. */
export function hasTool(tool: NeededTool): boolean {
  let present = toolPresence.get(tool);
  if (present === undefined) {
    present = (process.env['PATH'] ?? '')
      .split(delimiter)
      .some(folder => folder !== '' && isExecutable(join(folder, tool)));
    toolPresence.set(tool, present);
  }
  return present;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
