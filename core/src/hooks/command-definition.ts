import type { ServiceToken } from '../services/index.js';

/** A positional argument of a command. */
export interface CommandArgument {
  /** Upper case, as help shows it. */
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
}

/** An option of a command. Its value reaches `run` under the camel-case form of its name. */
export interface CommandOption {
  /** Long name without the dashes, kebab-case. */
  readonly name: string;
  readonly description: string;
  /** Name of the value in help; absent for a switch. */
  readonly value?: string;
  /** May be given several times; `run` gets an array. */
  readonly repeated?: boolean;
}

export interface CommandInvocation {
  /** By name in lower case. */
  readonly arguments: Readonly<Record<string, string | undefined>>;
  /** By camel-case name: text, array of text, or true; `run` validates them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** The framework's services. */
  get<Service>(token: ServiceToken<Service>): Service;
}

export interface CommandResult {
  /** What `--json` prints, before `schemaVersion` and `command` are added. */
  readonly document: Readonly<Record<string, unknown>>;
  /** The same for a human. */
  readonly text: string;
  /** 1 where the design or a check fails; 0 when absent. */
  readonly exitCode?: 0 | 1;
}

/** A command of the command line, as data and one function. */
export interface CommandDefinition {
  /** What the user types. */
  readonly id: string;
  readonly summary: string;
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  /** Command lines that help shows. */
  readonly examples: readonly string[];
  run(invocation: CommandInvocation): Promise<CommandResult>;
}
