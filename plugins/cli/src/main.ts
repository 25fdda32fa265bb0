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
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${formatError(toChipError(error), { verbose: true })}\n`);
    process.exit(70);
  });
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 70);
  });
  const exitCode = await runCommandLine({
    argv, plugins: defaultPlugins, signal: controller.signal, workingDirectory: process.cwd(),
    standardOutput: process.stdout, standardError: process.stderr,
  });
  process.stdout.write('', () => process.exit(exitCode));
}
