import { ChipError, formatError, toChipError } from '@autodnnchip/core';
import { defaultPlugins } from './default-plugins.js';
import { runCommandLine } from './run-command-line.js';

const interruptGraceMilliseconds = 5000;

/** Runs the command line in this process, and ends it. */
export async function main(argv: readonly string[]): Promise<void> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new ChipError('ADC6002', 'The command was interrupted'));
    process.stderr.write('\nInterrupted: finishing (again to stop at once)\n');
    setTimeout(() => process.exit(130), interruptGraceMilliseconds).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${formatError(toChipError(error), { verbose: true })}\n`);
    process.exit(70);
  });
  // Whoever does not read messages still wants the result; one who has seen enough of that (`| head`) is no error.
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', () => undefined);
  const exitCode = await runCommandLine({
    argv, plugins: defaultPlugins, signal: controller.signal, workingDirectory: process.cwd(),
    standardOutput: process.stdout, standardError: process.stderr,
  });
  process.stdout.write('', (error) => process.exit(isLost(error) ? sayLost(error) : exitCode));
}

const readerIsGone: readonly unknown[] = ['EPIPE', 'ERR_STREAM_DESTROYED'];

function isLost(error: NodeJS.ErrnoException | null | undefined): error is NodeJS.ErrnoException {
  return error !== null && error !== undefined && !readerIsGone.includes(error.code);
}

/** Says that the result did not arrive, and returns the exit code for that. */
function sayLost(cause: NodeJS.ErrnoException): number {
  const error = new ChipError('ADC6003', `The result cannot be written: ${cause.message}`, { cause, hint: 'Check the free space where standard output goes to.' });
  process.stderr.write(`${formatError(error)}\n`);
  return error.exitCode;
}
