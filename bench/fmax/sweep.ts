/**
 * Places and routes engines and whole accel_shared chips with nextpnr and records how fast they may be clocked in
 * `sweep.json`. The coefficients of `core/src/cost/path-delay.ts` are fitted to the rows named `fit`;
 * `test/accel-shared/fmax.test.ts` holds the prediction against the rows named `heldOut`: some were chosen, most are
 * drawn by a seed.
 *
 *     node --conditions=@autodnnchip/source --import tsx bench/fmax/sweep.ts [--seeds N] [--jobs N] [--only TEXT]… [--target ecp5|ice40]
 *
 * Rows and seeds that are recorded already are kept. Needs Yosys 0.23 and nextpnr; takes minutes a chip and seed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createProcessToolRunner, type CriticalPath, type PlaceableTarget } from '@autodnnchip/core';
import { findNextpnr, placementDevices, placementShell, placeNetlist } from '@autodnnchip/plugin-nextpnr';
import { writeNetlist, type SourceFile } from '@autodnnchip/plugin-yosys';
import { withEngines } from '../../test/support/chip-engines.js';
import { rtlFiles } from '../../plugins/accel-shared/src/emit/rtl-files.js';
import { chipPoints, drawSeed, enginePoints, type ChipPoint } from './points.js';

/** Layers whose counters the chips can record. */
const layerCount = 64;

interface PlacedSeed {
  readonly seed: number;
  readonly fmaxMegahertz: number;
  readonly criticalPath: CriticalPath;
}

interface Row {
  readonly key: string;
  readonly target: PlaceableTarget;
  readonly cells: Readonly<Record<string, number>>;
  readonly seeds: readonly PlacedSeed[];
  readonly [content: string]: unknown;
}

interface Sweep {
  readonly tools: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, string>>;
  readonly drawSeed: number;
  readonly layerCount: number;
  readonly rows: readonly Row[];
}

interface Task {
  readonly key: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly top: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly sources: readonly SourceFile[];
}

function chipSources(configuration: ChipPoint['configuration']): SourceFile[] {
  return rtlFiles(withEngines(configuration), layerCount).map(({ path, content }) => ({
    path,
    text: content.toString(),
  }));
}

function tasks(target: PlaceableTarget): Task[] {
  const engineSources = chipSources(chipPoints[0].configuration).filter(({ path }) => !path.endsWith('accel_top.sv'));
  const engines = enginePoints.map(({ top, rtlParameters, name, purpose, ip, parameters }): Task => ({
    key: `${name} ${target}`,
    content: { purpose, ip, parameters },
    top,
    parameters: rtlParameters,
    sources: engineSources,
  }));
  const chips = chipPoints.map(({ name, purpose, configuration }): Task => ({
    key: `${name} ${target}`,
    content: { purpose, configuration },
    top: 'accel_top',
    parameters: {},
    sources: chipSources(configuration),
  }));
  // Chips and engines by turns: what is recorded when time runs out has some of each.
  return Array.from({ length: Math.max(engines.length, chips.length) }, (_, index) => [chips[index], engines[index]])
    .flat()
    .filter(task => task !== undefined);
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    target: { type: 'string', default: 'ecp5' },
  },
});
const target = values.target as PlaceableTarget;
const file = fileURLToPath(new URL('sweep.json', import.meta.url));
const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Sweep) : undefined;
const rows = new Map((before?.rows ?? []).map(row => [row.key, row]));
const tools: Record<string, string> = { ...before?.tools };
const runner = createProcessToolRunner();
const nextpnr = await findNextpnr(target, runner);
/** Netlists of rows that get another seed later. */
const netlistFolder = join(tmpdir(), 'autodnnchip-fmax');
mkdirSync(netlistFolder, { recursive: true });

const pending = Array.from({ length: Number(values.seeds) }, (_, index) =>
  tasks(target).map(task => ({ task, seed: index + 1 })),
)
  .flat()
  .filter(({ task }) => values.only?.some(text => task.key.includes(text)) ?? true);
await Promise.all(
  Array.from({ length: Number(values.jobs) }, async () => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) await place(next.task, next.seed);
  }),
);

async function place(task: Task, seed: number): Promise<void> {
  const recorded = rows.get(task.key);
  const same =
    recorded !== undefined &&
    Object.entries(task.content).every(([name, value]) => JSON.stringify(recorded[name]) === JSON.stringify(value));
  if (same && recorded.seeds.some(placed => placed.seed === seed)) return;
  const { netlistPath, cells } = await netlist(task);
  const placed = await placeNetlist({ netlistPath, target, seed }, nextpnr, runner);
  note(placed.tool, placed.version);
  const { fmaxMegahertz, criticalPath } = placed;
  const round = (value: number): number => Number(value.toFixed(3));
  const entry: PlacedSeed = {
    seed,
    fmaxMegahertz: round(fmaxMegahertz),
    criticalPath: {
      ...criticalPath,
      logicNanoseconds: round(criticalPath.logicNanoseconds),
      routingNanoseconds: round(criticalPath.routingNanoseconds),
    },
  };
  const earlier = rows.get(task.key);
  const seeds = [
    ...(same && earlier !== undefined ? earlier.seeds : []).filter(other => other.seed !== seed),
    entry,
  ].sort((left, right) => left.seed - right.seed);
  rows.set(task.key, { key: task.key, target, ...task.content, cells, seeds });
  process.stderr.write(
    `${new Date().toISOString()} ${task.key} seed ${seed}: ${entry.fmaxMegahertz} MHz, ${criticalPath.from} to ${criticalPath.to}, logic ${entry.criticalPath.logicNanoseconds}, routing ${entry.criticalPath.routingNanoseconds}, ${Math.round(placed.wallSeconds)} s\n`,
  );
  write();
}

async function netlist(task: Task): Promise<{ netlistPath: string; cells: Readonly<Record<string, number>> }> {
  const hash = createHash('sha256')
    .update(JSON.stringify([task.top, task.parameters, target, task.sources]))
    .digest('hex')
    .slice(0, 16);
  const netlistPath = join(netlistFolder, `${hash}.json`);
  const cellsPath = join(netlistFolder, `${hash}.cells`);
  if (!existsSync(cellsPath)) {
    const { cells, tool, version } = await writeNetlist(
      {
        sources: task.sources,
        top: task.top,
        parameters: task.parameters,
        target,
        outputPath: netlistPath,
        tool: 'native',
        shell: ports => placementShell(task.top, ports, task.parameters),
      },
      runner,
    );
    note(tool, version);
    writeFileSync(cellsPath, JSON.stringify(cells));
  }
  return { netlistPath, cells: JSON.parse(readFileSync(cellsPath, 'utf8')) as Record<string, number> };
}

/** A sweep is of one version of each tool. */
function note(tool: string, version: string): void {
  if ((tools[tool] ??= version) !== version)
    throw new Error(`${tool} ${version}, but the rows kept are from ${tools[tool]}`);
}

function write(): void {
  const order = (['ecp5', 'ice40'] as const).flatMap(family => tasks(family).map(({ key }) => key));
  const recorded = order.flatMap(key => rows.get(key) ?? []);
  const head = {
    tools,
    devices: Object.fromEntries(Object.entries(placementDevices).map(([family, { title }]) => [family, title])),
    drawSeed,
    layerCount,
  };
  writeFileSync(
    file,
    `{\n${Object.entries(head)
      .map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`)
      .join('')} "rows": [\n${recorded.map(row => `  ${JSON.stringify(row)}`).join(',\n')}\n ]\n}\n`,
  );
}
