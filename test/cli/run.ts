import type { PluginInput } from '@autodnnchip/core';
import { runCommandLine } from '@autodnnchip/plugin-cli';
import { temporaryFolder } from '../support/temporary-folder.js';

export interface CommandOutcome {
  readonly exitCode: number;
  readonly output: string;
  readonly messages: string;
}

export interface RunOptions {
  readonly plugins?: readonly PluginInput[];
  readonly workingDirectory?: string;
  readonly signal?: AbortSignal;
}

/** Runs one command line in this process, with what it prints collected. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<CommandOutcome> {
  let output = '';
  let messages = '';
  const exitCode = await runCommandLine({
    argv,
    plugins: () => options.plugins ?? [],
    signal: options.signal ?? new AbortController().signal,
    workingDirectory: options.workingDirectory ?? temporaryFolder(),
    standardOutput: {
      write: text => {
        output += text;
      },
    },
    standardError: {
      write: text => {
        messages += text;
      },
    },
  });
  return { exitCode, output, messages };
}
