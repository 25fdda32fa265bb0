import {
  createAutoDNNchip,
  Hooks,
  printable,
  toChipError,
  type CommandDefinition,
  type CommandResult,
  type Log,
  type PluginInput,
} from '@autodnnchip/core';
import { cliPlugin } from './cli-plugin.js';
import { documentSchemaVersion } from './documents/schema-version.js';
import { scanGlobalOptions } from './global-options.js';
import { toJson } from './json-text.js';
import { loadPluginModule } from './load-plugin-module.js';
import { packageVersion } from './package-version.js';
import { createPaint } from './paint.js';
import { interrupted, reportFailure } from './report-failure.js';
import { createTerminalLog, type MessageStream } from './terminal-log.js';
import { createProgram, runProgram } from './to-commander.js';

export interface CommandLineOptions {
  readonly argv: readonly string[];
  /** Plugins beside the command line's own; they may say things through its log. */
  readonly plugins: (log: Log) => readonly PluginInput[];
  readonly standardOutput: MessageStream;
  readonly standardError: MessageStream;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Exit code of a command that was interrupted, where it follows from what did so. */
  readonly interruptExitCode?: () => number | undefined;
  /** Folder that `--plugin` paths are relative to. */
  readonly workingDirectory: string;
  /** Called with the command that starts. */
  readonly onCommand?: (command: string) => void;
}

/** Runs one command line and returns its exit code. Results go to standard output, all else to standard error. */
export async function runCommandLine(options: CommandLineOptions): Promise<number> {
  const { argv, standardOutput, standardError, signal } = options;
  const globals = scanGlobalOptions(argv);
  const paint = createPaint(globals.color, standardError);
  const log = createTerminalLog({ quiet: globals.quiet, verbose: globals.verbose, paint, stream: standardError });
  let running: string | undefined;
  let exitCode = 0;
  try {
    const further: PluginInput[] = [];
    for (const specifier of globals.plugins)
      further.push((await loadPluginModule(specifier, options.workingDirectory)).plugin);
    const chip = createAutoDNNchip({
      plugins: [cliPlugin(log, options.workingDirectory), options.plugins(log), further],
    });
    const onResult = async (command: CommandDefinition, result: CommandResult): Promise<void> => {
      if (signal.aborted) throw interrupted();
      const document = { schemaVersion: documentSchemaVersion, command: command.id, ...result.document };
      await chip.get(Hooks).report.promise({ command: command.id, document });
      log.clear();
      standardOutput.write(globals.json ? toJson(document) : `${printable(result.text)}\n`);
      exitCode = result.exitCode ?? 0;
    };
    const program = createProgram({
      chip,
      version: packageVersion(),
      signal,
      onResult,
      writeHelp: text => standardOutput.write(text),
    });
    program.hook('preAction', (_, action) => {
      running = action === program ? undefined : action.name();
      if (running !== undefined) options.onCommand?.(running);
    });
    await runProgram(program, argv);
    return exitCode;
  } catch (caught) {
    const error = signal.aborted ? interrupted() : toChipError(caught);
    const failureExitCode = (error.code === 'ADC6002' ? options.interruptExitCode?.() : undefined) ?? error.exitCode;
    log.clear();
    reportFailure(error, {
      globals,
      paint,
      standardOutput,
      standardError,
      command: running,
      exitCode: failureExitCode,
    });
    return failureExitCode;
  }
}
