import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { ToolDescription, ToolRunner } from '@autodnnchip/core';

/** The programs of this folder that run in a Node process of their own, where they can be stopped. */
export type ProgramName = 'compile-program' | 'run-program';

export interface ProgramRequest {
  readonly program: ProgramName;
  /** Where the task file is written; the program reads and writes its other files there too. */
  readonly directory: string;
  /** Becomes JSON. */
  readonly task: unknown;
  readonly timeLimitSeconds: number;
  readonly signal?: AbortSignal;
}

const node: ToolDescription = {
  id: 'cxxrtl',
  executable: process.execPath,
  purpose: 'simulate chips without native tools',
  installHint: 'install Node.js anew',
  versionArguments: ['--version'],
  versionPattern: /^v(\d+\.\d+\.\d+)/,
  errorPattern: /error/i,
};

/** Options of this process that the program needs as well: from source, those that load TypeScript. */
function inheritedOptions(): readonly string[] {
  const options: string[] = [];
  for (let index = 0; index < process.execArgv.length; index++) {
    const option = process.execArgv[index] ?? '';
    const match = /^(--import|--loader|--experimental-loader|--require|-r|--conditions|-C)(=.*)?$/.exec(option);
    if (match === null) continue;
    options.push(option);
    if (match[2] === undefined) options.push(process.execArgv[++index] ?? '');
  }
  return options;
}

/** Runs one of the programs to its end. What it prints is shown when it fails. */
export async function runProgram(tools: ToolRunner, request: ProgramRequest): Promise<void> {
  const taskFile = join(request.directory, 'task.json');
  await writeFile(taskFile, JSON.stringify(request.task));
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = fileURLToPath(new URL(`./${request.program}.${extension}`, import.meta.url));
  // Not in the folder of the task: inherited options may name packages, which are looked up from here.
  await tools.run({
    tool: node,
    arguments: [...inheritedOptions(), script, taskFile],
    timeLimitSeconds: request.timeLimitSeconds,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
}
