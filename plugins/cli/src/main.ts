import { Worker } from 'node:worker_threads';
import { ChipError, formatError, toChipError } from '@autodnnchip/core/errors';
import { scanGlobalOptions } from './global-options.js';
import { createPaint } from './paint.js';
import { interrupted, reportFailure } from './report-failure.js';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.js';

/** Signals that end a command, with the exit code that a shell shows for each. */
const endingSignals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type EndingSignal = keyof typeof endingSignals;

/**
 * A command that answers may tidy up for this long; one that computes without a pause is ended after the shorter time.
 */
const tidyMilliseconds = 3000;
const deafMilliseconds = 100;
/** A thread that is still there after this long is blocked in the operating system: nothing but a signal ends it. */
const blockedMilliseconds = 400;

/** Runs the command line in a thread of this process, which heeds signals meanwhile, and ends the process. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever does not read messages still wants the result; one who has seen enough of that (`| head`) is no error.
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', () => undefined);
  const globals = scanGlobalOptions(argv);
  const streams = { standardOutput: process.stdout, standardError: process.stderr };
  let command: string | undefined;
  let failure: ChipError | undefined;
  const report = (error: ChipError, exitCode = error.exitCode): void => {
    reportFailure(error, { globals, paint: createPaint(globals.color, process.stderr), ...streams, command, exitCode });
  };

  const workerData: ThreadStart = {
    argv,
    workingDirectory: process.cwd(),
    errorColumns: process.stderr.isTTY ? process.stderr.columns : undefined,
  };
  const thread = new Worker(new URL(import.meta.url.replace(/main(\.[jt]s)$/, 'command-thread$1')), { workerData });
  const interruption = heedSignals(thread, signal => {
    report(interrupted(), endingSignals[signal]);
  });
  thread.on('message', (message: FromThread) => {
    if (interruption.isForced()) return;
    if (message.kind === 'output') process.stdout.write(message.text);
    else if (message.kind === 'message') process.stderr.write(message.text);
    else if (message.kind === 'command') ({ command } = message);
  });
  thread.once('error', error => {
    if (interruption.isForced()) return;
    failure = threadFailure(error);
    report(failure);
  });
  thread.once('exit', exitCode => {
    if (interruption.isForced()) return;
    endProcess(failure?.exitCode ?? exitCode);
  });
}

/**
 * Passes a first signal on to the command, and ends it by force where that does not end it soon, or at a second one.
 */
function heedSignals(thread: Worker, onForced: (signal: EndingSignal) => void): { isForced(): boolean } {
  let isReceived = false;
  let isForced = false;
  const force = (signal: EndingSignal): void => {
    if (isForced) return;
    isForced = true;
    const end = (isEnded: boolean): void => {
      onForced(signal);
      if (isEnded) endProcess(endingSignals[signal]);
      else dieOf(signal);
    };
    const blocked = setTimeout(end, blockedMilliseconds, false);
    const ended = (): void => {
      clearTimeout(blocked);
      end(true);
    };
    thread.terminate().then(ended, ended);
  };
  const heed = (signal: EndingSignal): void => {
    if (isForced) dieOf(signal);
    if (isReceived) {
      force(signal);
      return;
    }
    isReceived = true;
    process.stderr.write('\nInterrupted: finishing (again to stop at once)\n');
    const tell = (message: ToThread): void => thread.postMessage(message);
    tell({ kind: 'interrupt', exitCode: endingSignals[signal] });
    setTimeout(force, tidyMilliseconds, signal).unref();
    endWhereDeaf(
      thread,
      () => tell({ kind: 'wake' }),
      () => force(signal),
    );
  };
  for (const signal of Object.keys(endingSignals) as EndingSignal[]) process.on(signal, heed);
  return { isForced: () => isForced };
}

/**
 * Asks again and again whether the thread is awake; `end` is called at the first question that it leaves unanswered.
 */
function endWhereDeaf(thread: Worker, ask: () => void, end: () => void): void {
  let isAwake = true;
  thread.on('message', (message: FromThread) => {
    isAwake ||= message.kind === 'awake';
  });
  const look = (): void => {
    if (!isAwake) {
      clearInterval(questions);
      end();
    }
    isAwake = false;
    ask();
  };
  const questions = setInterval(look, deafMilliseconds).unref();
  look();
}

/** Ends this process by the signal itself, which needs no thread to agree. */
function dieOf(signal: EndingSignal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function threadFailure(error: unknown): ChipError {
  const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (!isMemory) return toChipError(error);
  return new ChipError('ADC6008', `The command needs more memory than it may have: ${error.message}`, {
    cause: error,
    hint: 'Give it more with NODE_OPTIONS=--max-old-space-size=MEGABYTES, or a smaller network.',
  });
}

/** Ends this process when what was written to standard output has arrived. */
function endProcess(exitCode: number): void {
  process.stdout.write('', error => process.exit(isLost(error) ? sayLost(error) : exitCode));
}

const readerIsGone: readonly unknown[] = ['EPIPE', 'ERR_STREAM_DESTROYED'];

function isLost(error: NodeJS.ErrnoException | null | undefined): error is NodeJS.ErrnoException {
  return error !== null && error !== undefined && !readerIsGone.includes(error.code);
}

/** Says that the result did not arrive, and returns the exit code for that. */
function sayLost(cause: NodeJS.ErrnoException): number {
  const error = new ChipError('ADC6003', `The result cannot be written: ${cause.message}`, {
    cause,
    hint: 'Check the free space where standard output goes to.',
  });
  process.stderr.write(`${formatError(error)}\n`);
  return error.exitCode;
}
