import { access, constants, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { ChipError, errorMessage } from '../../errors/index.js';
import type { FoundTool, RunToolRequest, ToolDescription, ToolResult, ToolRunner } from '../tool-runner.js';
import { runBoundedProcess, type ProcessOutcome } from './bounded-process.js';

const defaultVersionTimeLimitSeconds = 20;
const defaultOutputLimitBytes = 64 * 2 ** 20;
const shownLines = 12;
/** The rest is for the system, and for the command that waits. */
const toolShareOfMemory = 0.75;
/** How C++ and C programs, the C++ compiler, V8, WebAssembly and Python say that they get no more memory. */
const memoryPattern =
  /std::bad_alloc|out of memory|cannot allocate( memory| \d)|virtual memory exhausted|memory exhausted|array buffer allocation failed|unable to grow instance memory|could not allocate memory|\bMemoryError\b/i;

/** The tool runner that starts processes on this computer. */
export function createProcessToolRunner(): ToolRunner {
  const found = new Map<string, Promise<FoundTool | undefined>>();
  const find = (tool: ToolDescription): Promise<FoundTool | undefined> => {
    const key = `${tool.id}\0${tool.executable}`;
    let known = found.get(key);
    if (known === undefined) {
      known = detect(tool);
      found.set(key, known);
    }
    return known;
  };
  const require = async (tool: ToolDescription): Promise<FoundTool> => {
    const result = await find(tool);
    if (result === undefined) {
      throw new ChipError('ADC4001', `${tool.id} is not installed; it is needed to ${tool.purpose}`, {
        hint: `Install it: ${tool.installHint}`,
      });
    }
    if (tool.minimumVersion !== undefined && compareVersions(result.version, tool.minimumVersion) < 0) {
      throw new ChipError(
        'ADC4005',
        `${tool.id} ${result.version} (${result.path}) is too old; ${tool.minimumVersion} or newer is needed to ${tool.purpose}`,
        {
          location: { file: result.path },
          hint: `Install a newer one: ${tool.installHint}`,
        },
      );
    }
    return result;
  };
  return {
    find,
    require,
    async run(request) {
      const { path, version } = await require(request.tool);
      const memoryLimitBytes = request.memoryLimitBytes ?? defaultMemoryLimitBytes();
      const outcome = await runBoundedProcess({
        outputLimitBytes: defaultOutputLimitBytes,
        ...request,
        memoryLimitBytes,
        path,
      });
      return readOutcome({ ...request, memoryLimitBytes }, outcome, { path, version });
    },
  };
}

/** A share of the memory that this computer has, or that its control group may use. */
function defaultMemoryLimitBytes(): number {
  const constrained = process.constrainedMemory();
  return Math.floor(toolShareOfMemory * Math.min(totalmem(), constrained > 0 ? constrained : Infinity));
}

async function detect(tool: ToolDescription): Promise<FoundTool | undefined> {
  const path = await findExecutable(tool.executable);
  if (path === undefined) return undefined;
  const versionTimeLimitSeconds = tool.versionTimeLimitSeconds ?? defaultVersionTimeLimitSeconds;
  const outcome = await runBoundedProcess({
    path,
    arguments: tool.versionArguments,
    timeLimitSeconds: versionTimeLimitSeconds,
    outputLimitBytes: 2 ** 20,
    memoryLimitBytes: defaultMemoryLimitBytes(),
  });
  if (outcome.end.kind === 'timeLimit') {
    throw new ChipError(
      'ADC4003',
      `${tool.id} (${path}) did not tell its version within ${versionTimeLimitSeconds} s`,
      {
        location: { file: path },
        hint: `Check that \`${[tool.executable, ...tool.versionArguments].join(' ')}\` works, or install it anew: ${tool.installHint}`,
      },
    );
  }
  const version = tool.versionPattern.exec(outcome.standardOutput + outcome.standardError)?.[1];
  if (version === undefined) {
    throw new ChipError(
      'ADC4002',
      `${tool.id} (${path}) did not tell its version: ${describeEnd(outcome)}${excerpt(tool, outcome)}`,
      {
        location: { file: path },
        hint: `Check that \`${[tool.executable, ...tool.versionArguments].join(' ')}\` works, or install it anew: ${tool.installHint}`,
      },
    );
  }
  return { path, version };
}

async function findExecutable(executable: string): Promise<string | undefined> {
  const candidates = isAbsolute(executable)
    ? [executable]
    : (process.env['PATH'] ?? '')
        .split(delimiter)
        .filter(folder => folder !== '')
        .map(folder => join(folder, executable));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      if ((await stat(candidate)).isFile()) return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function readOutcome(
  request: RunToolRequest & { readonly memoryLimitBytes: number },
  outcome: ProcessOutcome,
  { path, version }: FoundTool,
): ToolResult {
  const location = { file: path };
  const { tool } = request;
  const { standardOutput, standardError, wallSeconds, end } = outcome;
  const name = `${tool.id} ${version}`;
  switch (end.kind) {
    case 'exit':
      if (end.code === 0) return { standardOutput, standardError, wallSeconds, version };
      break;
    case 'signal':
      break;
    case 'aborted':
      throw new ChipError('ADC6002', `${tool.id} was stopped because the command was interrupted`);
    case 'timeLimit':
      throw new ChipError(
        'ADC4003',
        `${name} was killed after its time limit of ${request.timeLimitSeconds} s${excerpt(tool, outcome)}`,
        {
          location,
          hint: 'Try a smaller network or chip, or a less busy computer.',
        },
      );
    case 'outputLimit':
      throw new ChipError(
        'ADC4004',
        `${name} was killed because it printed more than ${request.outputLimitBytes ?? defaultOutputLimitBytes} bytes${excerpt(tool, outcome)}`,
        {
          location,
          hint: 'Look at the first lines of what it printed.',
        },
      );
    case 'notStarted':
      throw new ChipError('ADC4002', `${name} could not be started: ${errorMessage(end.cause)}`, {
        cause: end.cause,
        location,
        hint: `Install it anew: ${tool.installHint}`,
      });
  }
  if (memoryPattern.test(standardError) || memoryPattern.test(standardOutput)) {
    throw new ChipError(
      'ADC4006',
      `${name} needs more memory than the ${Math.floor(request.memoryLimitBytes / 2 ** 20)} MiB that it may have (${describeEnd(outcome)})${excerpt(tool, outcome)}`,
      {
        location,
        hint: 'Try a smaller network or chip, or a computer with more memory.',
      },
    );
  }
  throw new ChipError('ADC4002', `${name} failed: ${describeEnd(outcome)}${excerpt(tool, outcome)}`, {
    location,
    hint: `What it printed says why; \`autodnnchip doctor\` shows the versions of all tools.`,
  });
}

function describeEnd({ end }: ProcessOutcome): string {
  switch (end.kind) {
    case 'exit':
      return `exit code ${end.code}`;
    case 'signal':
      return `killed by ${end.signal}`;
    case 'notStarted':
      return errorMessage(end.cause);
    case 'timeLimit':
      return 'out of time';
    case 'outputLimit':
      return 'printed too much';
    case 'aborted':
      return 'interrupted';
  }
}

/** The lines that say what went wrong, or the last ones. */
function excerpt(tool: ToolDescription, { standardOutput, standardError }: ProcessOutcome): string {
  const lines = `${standardOutput}\n${standardError}`
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '');
  const pattern = tool.errorPattern;
  const telling =
    pattern === undefined
      ? []
      : lines.filter(line => new RegExp(pattern.source, pattern.flags.replace('g', '')).test(line));
  const shown = telling.length > 0 ? telling.slice(0, shownLines) : lines.slice(-shownLines);
  return shown.length === 0 ? '' : `\n${shown.map(line => `    ${line.slice(0, 300)}`).join('\n')}`;
}

/** Negative when `left` is older than `right`; both are dotted numbers. */
export function compareVersions(left: string, right: string): number {
  const leftParts = left.split('.').map(Number);
  const rightParts = right.split('.').map(Number);
  for (let index = 0; index < Math.max(leftParts.length, rightParts.length); index++) {
    const difference = (leftParts[index] ?? 0) - (rightParts[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
