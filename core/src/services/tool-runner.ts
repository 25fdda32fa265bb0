import { serviceToken } from './service-token.js';

/** An external program and what must be known to use it. */
export interface ToolDescription {
  /** Identifier in results and messages, for instance `verilator`. */
  readonly id: string;
  /** Name looked up in PATH, or an absolute path. */
  readonly executable: string;
  /** What it is for, to follow "needed to"; for instance `simulate chips at full speed`. */
  readonly purpose: string;
  /** Command line or sentence that gets it installed. */
  readonly installHint: string;
  readonly versionArguments: readonly string[];
  /** First group is the version. */
  readonly versionPattern: RegExp;
  /** How long it may take to tell its version; 20 when absent. */
  readonly versionTimeLimitSeconds?: number;
  /** Oldest version that works, dotted numbers. */
  readonly minimumVersion?: string;
  /** Lines of its output that say what went wrong. */
  readonly errorPattern?: RegExp;
}

/** A tool that was found. */
export interface FoundTool {
  readonly path: string;
  readonly version: string;
}

export interface RunToolRequest {
  readonly tool: ToolDescription;
  readonly arguments: readonly string[];
  readonly workingDirectory?: string;
  /** Written to its standard input. */
  readonly input?: string | Uint8Array;
  readonly timeLimitSeconds: number;
  /** Of standard output and standard error together; 64 MiB when absent. */
  readonly outputLimitBytes?: number;
  /**
   * Memory that each process of the tool may hold to write in (`RLIMIT_DATA`; counted on Linux, elsewhere as the system
   * does), bytes; three quarters of this computer's when absent.
   */
  readonly memoryLimitBytes?: number;
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface ToolResult {
  readonly standardOutput: string;
  readonly standardError: string;
  readonly wallSeconds: number;
  readonly version: string;
}

/**
 * Runs external programs within bounds. A tool that is missing, too old, fails, hangs, floods its output or wants more
 * memory than it may have ends in an error of the ADC4xxx area that names it; its whole process group is killed before
 * the error is thrown.
 */
export interface ToolRunner {
  /** Path and version, or undefined when it is not installed. Looked up once per tool. */
  find(tool: ToolDescription): Promise<FoundTool | undefined>;
  /** Like `find`, but a missing tool and a version that is too old are errors. */
  require(tool: ToolDescription): Promise<FoundTool>;
  run(request: RunToolRequest): Promise<ToolResult>;
}
export const ToolRunner = serviceToken<ToolRunner>('ToolRunner');
