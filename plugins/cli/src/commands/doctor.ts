import {
  ArtifactStore,
  ChipError,
  HostFacts,
  knownTools,
  ToolRunner,
  type CommandDefinition,
  type ToolDescription,
} from '@autodnnchip/core';
import type { DocumentOf } from '../documents/documents.js';
import { findEmbeddedTools } from '../embedded-tools.js';
import { packageVersion } from '../package-version.js';
import { formatFacts, formatTable } from '../table.js';

type ToolReport = DocumentOf<'doctor'>['tools'][number];

const oldestNode: readonly [major: number, minor: number] = [20, 11];

export const doctorCommand: CommandDefinition = {
  id: 'doctor',
  summary: 'Show this computer, the tools that are installed, what each is for, and how to get it.',
  arguments: [],
  options: [],
  examples: ['autodnnchip doctor --json'],
  async run(invocation) {
    const runner = invocation.get(ToolRunner);
    const host = await invocation.get(HostFacts).describe();
    const native = await Promise.all(Object.values<ToolDescription>(knownTools).map(tool => inspect(runner, tool)));
    const [major, minor] = host.nodeVersion.split('.').map(Number);
    const document: DocumentOf<'doctor'> = {
      version: packageVersion(),
      host,
      nodeSupported: major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]),
      cacheDirectory: invocation.get(ArtifactStore).rootDirectory,
      tools: [...native, ...findEmbeddedTools()],
    };
    return { document, text: toText(document), exitCode: document.nodeSupported ? 0 : 1 };
  },
};

async function inspect(runner: ToolRunner, tool: ToolDescription): Promise<ToolReport> {
  const report = { id: tool.id, kind: 'native', purpose: tool.purpose, install: tool.installHint } as const;
  try {
    const found = await runner.find(tool);
    if (found === undefined) return { ...report, status: 'missing' };
    await runner.require(tool);
    return { ...report, status: 'ok', version: found.version, path: found.path };
  } catch (error) {
    if (!(error instanceof ChipError)) throw error;
    return { ...report, status: error.code === 'ADC4005' ? 'tooOld' : 'broken', problem: error.message };
  }
}

function toText({ version, host, nodeSupported, cacheDirectory, tools }: DocumentOf<'doctor'>): string {
  const facts = formatFacts([
    ['autodnnchip', version],
    ['node', `${host.nodeVersion}${nodeSupported ? '' : ` (too old: ${oldestNode.join('.')} or newer is needed)`}`],
    ['system', `${host.operatingSystem} ${host.architecture}`],
    ['processor', `${host.processor || 'unknown'}, ${host.logicalCores} cores`],
    ['memory', `${gibibytes(host.memoryBytes)} GiB, ${gibibytes(host.availableMemoryBytes)} GiB available`],
    ['cache', cacheDirectory],
  ]);
  const table = formatTable(
    [{ title: 'tool' }, { title: 'version' }, { title: 'needed to' }, { title: 'install' }],
    tools.map(tool => [
      tool.id,
      tool.status === 'ok' ? (tool.version ?? '') : statusTexts[tool.status],
      tool.purpose,
      tool.status === 'ok' ? '' : tool.install,
    ]),
  );
  const problems = tools.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  return [facts, table, ...problems].join('\n\n');
}

const statusTexts = { missing: 'missing', tooOld: 'too old', broken: 'broken' } as const;

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
