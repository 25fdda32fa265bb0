import { ChipError, type AutoDNNchip, type CommandDefinition, type CommandResult } from '@autodnnchip/core';
import { Command, CommanderError, Option } from 'commander';
import { globalOptionHelp } from './global-options.js';

export interface CommanderProgramOptions {
  readonly chip: AutoDNNchip;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly writeHelp: (text: string) => void;
  readonly onResult: (command: CommandDefinition, result: CommandResult) => Promise<void>;
}

/** The commands that plugins define, as a commander program. Usage errors are thrown as ChipError. */
export function createProgram(options: CommanderProgramOptions): Command {
  const program = new Command('autodnnchip')
    .description('From a trained neural network to a DNN chip: predict, explore, generate, simulate, compare.')
    .version(options.version, '--version', 'print the version')
    .helpCommand('help [COMMAND]', 'show help of a command');
  configure(program, options.writeHelp);
  for (const definition of options.chip.definitions.commands.list()) addCommand(program, definition, options);
  return program;
}

function configure(command: Command, writeHelp: (text: string) => void): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ writeOut: writeHelp, writeErr: () => undefined });
  for (const { flags, description } of globalOptionHelp) {
    const option = new Option(flags, description);
    command.addOption(flags.startsWith('--plugin') ? option.argParser(appendText) : option);
  }
}

function appendText(text: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), text];
}

function addCommand(program: Command, definition: CommandDefinition, options: CommanderProgramOptions): void {
  const command = program.command(definition.id).description(definition.summary);
  configure(command, options.writeHelp);
  for (const argument of definition.arguments) {
    command.argument(argument.required ? `<${argument.name}>` : `[${argument.name}]`, argument.description);
  }
  for (const option of definition.options) {
    const commanderOption = new Option(
      option.value === undefined ? `--${option.name}` : `--${option.name} <${option.value}>`,
      option.description,
    );
    command.addOption(option.repeated === true ? commanderOption.argParser(appendText) : commanderOption);
  }
  if (definition.examples.length > 0)
    command.addHelpText('after', `\nExamples:\n${definition.examples.map(example => `  $ ${example}`).join('\n')}`);
  command.action(async () => {
    const given = Object.fromEntries(
      definition.arguments.map(({ name }, index) => [name.toLowerCase(), command.args[index] as string | undefined]),
    );
    const names = new Set(
      definition.options.map(({ name }) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())),
    );
    const values = Object.fromEntries(Object.entries(command.opts()).filter(([name]) => names.has(name)));
    const result = await definition.run({
      arguments: given,
      options: values,
      signal: options.signal,
      get: options.chip.get,
    });
    await options.onResult(definition, result);
  });
}

/** Runs the program; help and version end it without an error. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    if (error.code === 'commander.help')
      throw new ChipError('ADC6001', 'No command was given', { hint: '`autodnnchip --help` lists the commands.' });
    const message = error.message.replace(/^error: /, '');
    const [first, ...suggestions] = message.split('\n');
    throw new ChipError('ADC6001', first, {
      hint: [...suggestions, '`autodnnchip --help` lists commands and options.'].join(' '),
    });
  }
}
