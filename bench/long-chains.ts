/**
 * Processor time and memory of `predict` on networks of many nodes, each in a process of its own.
 *
 *     npx tsc -b && node --conditions=@autodnnchip/source --import tsx bench/long-chains.ts [--kinds conv,identity] [--lengths 1000,10000] [--platforms jetson-nano,ultra96]
 *
 * Writes bench/results/long-chains.json and .md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chainKinds, encodeChain } from '../test/frontend-onnx/chains.js';
import { describeMachine, machine, markdownTable, writeResults } from './support/results.js';

const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: chainKinds.join() },
    lengths: { type: 'string', default: '1000,10000,100000' },
    platforms: { type: 'string', default: 'jetson-nano,eyeriss' },
    limit: { type: 'string', default: '120' },
  },
});
const command = resolve('plugins/cli/bin/autodnnchip.js');
const folder = mkdtempSync(join(tmpdir(), 'long-chains-'));
const measureScript = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage(); require('node:fs').writeSync(2, '\\nUSED ' + (userCPUTime + systemCPUTime) / 1e6 + ' ' + maxRSS / 1024); });`;
const preload = join(folder, 'measure.cjs');
writeFileSync(preload, `if (require('node:worker_threads').isMainThread) { ${measureScript} }`);

interface Row {
  readonly kind: string;
  readonly length: number;
  readonly platform: string;
  readonly end: string;
  readonly processorSeconds: number;
  readonly megabytes: number;
}

const rows: Row[] = [];
try {
  for (const length of values.lengths.split(',').map(Number)) {
    for (const kind of chainKinds.filter(name => values.kinds.split(',').includes(name))) {
      const model = join(folder, `${kind}-${length}.onnx`);
      writeFileSync(model, encodeChain(kind, length));
      for (const platform of values.platforms.split(',')) rows.push(predict(model, kind, length, platform));
      rmSync(model);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

function predict(model: string, kind: string, length: number, platform: string): Row {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', preload, command, 'predict', model, '--platform', platform, '--quiet'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: Number(values.limit) * 1000,
    },
  );
  const [, seconds, megabytes] = /USED ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  const code = /ADC\d{4}/.exec(stderr)?.[0];
  const row = {
    kind,
    length,
    platform,
    end: status === 0 ? 'predicted' : (code ?? 'out of time'),
    processorSeconds: Number(seconds ?? NaN),
    megabytes: Math.round(Number(megabytes ?? NaN)),
  };
  process.stdout.write(
    `${kind} ${length} ${platform}: ${row.end}, ${row.processorSeconds.toFixed(2)} s, ${row.megabytes} MB\n`,
  );
  return row;
}

/**
 * Processor time against that of a tenth of the nodes, where that was measured: 10 is in line with nodes, less is the
 * start of the process.
 */
function growth({ kind, platform, length, end, processorSeconds }: Row): string {
  const tenth = rows.find(
    row => row.kind === kind && row.platform === platform && row.length === length / 10 && row.end === end,
  );
  return tenth === undefined ? '' : (processorSeconds / tenth.processorSeconds).toFixed(1);
}

const measuredOn = machine();
const table = markdownTable(
  ['nodes', 'kind', 'platform', 'end', 'processor s', 'of a tenth', 'MB'],
  rows.map(row => [
    row.length,
    row.kind,
    row.platform,
    row.end,
    row.processorSeconds.toFixed(2),
    growth(row),
    row.megabytes,
  ]),
);
writeResults(
  'long-chains',
  { machine: measuredOn, rows },
  `# \`predict\` of networks of many nodes\n\nProcessor time of all threads, start of the process included; "of a tenth" is that time over the one of a tenth of the nodes.\n\n${table}\n\n${describeMachine(measuredOn)}\n`,
);
