/**
 * Synthesises engines and whole accel_shared chips with Yosys and records the counts in `accel-shared-sweep.json`. The
 * formulas of `plugins/accel-shared/src/cost` and of the engines' packages are fitted to the rows named `fit` and to
 * the blocks by `accel-shared-fit.ts`; `test/accel-shared/resources.test.ts` holds them against all rows.
 *
 *     node --conditions=@autodnnchip/source --import tsx bench/synthesis/accel-shared-sweep.ts [--keep] [--only TEXT]…
 *
 * Takes about two hours on one core. `--keep` keeps the rows that are recorded already and makes those that are
 * missing; `--only` makes the rows whose key holds the text again, and keeps all others.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createProcessToolRunner, type SynthesisTarget } from '@autodnnchip/core';
import { synthesizeSources, type SourceFile, type SourceSynthesisResult } from '@autodnnchip/plugin-yosys';
import { withEngines } from '../../test/support/chip-engines.js';
import { chipSources } from '../../test/accel-shared/chip-sources.js';
import type { SynthesisCounts } from '../../test/accel-shared/synthesis-rows.js';
import { blockPoints, chipPoints } from './accel-shared-points.js';

/** Layers whose counters the chips can record. */
const layerCount = 64;

interface Row {
  readonly key: string;
  readonly target: SynthesisTarget;
  readonly counts: SynthesisCounts;
  readonly [content: string]: unknown;
}

interface Sweep {
  readonly tool: string;
  readonly version: string;
  readonly flatten: true;
  readonly layerCount: number;
  readonly blocks: readonly Row[];
  readonly chips: readonly Row[];
}

interface Task {
  readonly list: 'blocks' | 'chips';
  readonly key: string;
  readonly target: SynthesisTarget;
  readonly content: Readonly<Record<string, unknown>>;
  readonly top: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly sources: () => readonly SourceFile[];
}

function tasks(): Task[] {
  const anyChip = withEngines(chipPoints[0].configuration);
  const blocks = blockPoints.flatMap(({ block, parameters }) =>
    (['xcup', 'ecp5'] as const).map((target): Task => ({
      list: 'blocks',
      key: `${block} ${Object.values(parameters).join(' ')} ${target}`,
      target,
      content: { block, parameters },
      top: block,
      parameters,
      sources: () => chipSources(anyChip, layerCount).filter(({ path }) => !path.endsWith('accel_top.sv')),
    })),
  );
  const chips = chipPoints.flatMap(({ name, purpose, configuration }) =>
    (['xcup', 'ecp5'] as const).map((target): Task => ({
      list: 'chips',
      key: `${name} ${target}`,
      target,
      content: { name, purpose, configuration },
      top: 'accel_top',
      parameters: {},
      sources: () => chipSources(withEngines(configuration), layerCount),
    })),
  );
  return [...blocks, ...chips];
}

function counts({ totals }: SourceSynthesisResult): SynthesisCounts {
  if (totals === undefined) throw new Error('Yosys gave no counts');
  if (totals.uncounted.length > 0) throw new Error(`No rule counts ${totals.uncounted.join(', ')}`);
  return { lut: totals.lut, lutram: totals.lutram, ff: totals.ff, dsp: totals.dsp, bram: totals.bram };
}

const { values } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
});
const file = fileURLToPath(new URL('accel-shared-sweep.json', import.meta.url));
const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Sweep) : undefined;
const keepsOthers = values.keep || values.only !== undefined;
const rows = new Map([...(before?.blocks ?? []), ...(before?.chips ?? [])].map(row => [row.key, row]));
const runner = createProcessToolRunner();
let version = before?.version ?? '';

for (const task of tasks()) {
  const known = rows.get(task.key);
  const sameContent =
    known !== undefined &&
    Object.entries(task.content).every(([name, value]) => JSON.stringify(known[name]) === JSON.stringify(value));
  const wanted = values.only?.some(text => task.key.includes(text)) ?? !(values.keep && sameContent);
  if (wanted) {
    const result = await synthesizeSources(
      { sources: task.sources(), top: task.top, parameters: task.parameters, target: task.target, tool: 'native' },
      runner,
    );
    if (before !== undefined && keepsOthers && result.version !== before.version)
      throw new Error(`Yosys ${result.version}, but the rows kept are from ${before.version}`);
    version = result.version;
    rows.set(task.key, { key: task.key, target: task.target, ...task.content, counts: counts(result) });
    process.stderr.write(`${task.key}: ${JSON.stringify(counts(result))}, ${Math.round(result.wallSeconds)} s\n`);
    write();
  }
}
write();

function write(): void {
  const recorded = (list: Task['list']): Row[] =>
    tasks()
      .filter(task => task.list === list)
      .flatMap(({ key }) => rows.get(key) ?? []);
  const sweep: Sweep = {
    tool: 'yosys',
    version,
    flatten: true,
    layerCount,
    blocks: recorded('blocks'),
    chips: recorded('chips'),
  };
  const lists = (['blocks', 'chips'] as const).map(
    list => `"${list}": [\n${sweep[list].map(row => `  ${JSON.stringify(row)}`).join(',\n')}\n ]`,
  );
  const { blocks: _, chips: __, ...head } = sweep;
  writeFileSync(
    file,
    `{\n${Object.entries(head)
      .map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`)
      .join('')} ${lists.join(',\n ')}\n}\n`,
  );
}
