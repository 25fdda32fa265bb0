/**
 * The backend tests of the PyPI package `onnx`: every model is read, predicted for ultra96, built with calibration from
 * the test's own input, run and compared; so is, as `frozen-…`, the model with all inputs but the first as constants.
 * Nothing may crash, and no result may be wrong or missing.
 *     bench/onnx-backend.ts [--data FOLDER] [--only TEXT] [--rtl none|all] [--label NAME]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAutoDNNchip, ChipPredictor, Definitions, NetworkLoader, type AutoDNNchip } from '@autodnnchip/core';
import { defaultPlugins } from '../plugins/cli/src/default-plugins.js';
import { disposeSimulators } from '../test/support/chip-simulators.js';
import {
  backendTestNames,
  findBackendData,
  freezeBackendTest,
  lightModels,
  readBackendTest,
  type BackendTest,
} from '../test/onnx-backend/backend-data.js';
import { runBackendTest, type Outcome, type Verdict } from '../test/onnx-backend/run-backend-test.js';
import { withEngines } from '../test/support/chip-engines.js';
import { ultra96Chip } from './support/chips.js';
import { markdownTable, writeResults } from './support/results.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string', default: '' },
    rtl: { type: 'string', default: 'none' },
    label: { type: 'string', default: 'onnx-backend' },
  },
});
const silent = { warn: () => undefined, info: () => undefined, detail: () => undefined, progress: () => undefined };
/** The same tests at commit 82b93c2, without simulation: what later runs are held against. */
const before = ['all, at 82b93c2', 32, 0, 2697, 0, 6] as const;
const verdicts: readonly Verdict[] = ['accepted', 'listed', 'refused', 'wrong', 'crashed'];

async function main(): Promise<void> {
  const data = options.data ?? findBackendData();
  if (data === undefined)
    throw new Error('The PyPI package onnx, 1.19 or older, is needed: --data site-packages/onnx/backend/test/data');
  const chip = createAutoDNNchip({ plugins: defaultPlugins(silent) });
  const folder = mkdtempSync(join(tmpdir(), 'onnx-backend-'));
  const outcomes: Outcome[] = [];
  const names = backendTestNames(data).filter(name => name.includes(options.only));
  for (const [index, name] of names.entries()) {
    const settings = { chip, configuration: withEngines(ultra96Chip), rtl: options.rtl === 'all' };
    const test = readBackendTest(data, name);
    outcomes.push(await runBackendTest(test, settings));
    const frozen = test.inputs.length < 2 ? undefined : await freeze(chip, data, test, folder);
    if (frozen !== undefined) outcomes.push(await runBackendTest(frozen, settings));
    if (index % 100 === 99) process.stderr.write(`${index + 1} of ${names.length}\n`);
  }
  await disposeSimulators();
  rmSync(folder, { recursive: true });
  report(outcomes, options.only === '' ? await predictLight(data) : []);
}

/** The test with weights: all inputs but the first are constants. Undefined where the model cannot be read. */
async function freeze(
  chip: AutoDNNchip,
  data: string,
  test: BackendTest,
  folder: string,
): Promise<BackendTest | undefined> {
  try {
    return freezeBackendTest(data, test.name, (await chip.get(NetworkLoader).read(test.model, 'build')).inputs, folder);
  } catch {
    return undefined;
  }
}

interface LightOutcome {
  readonly name: string;
  readonly result: string;
}

/** The light zoo has no weights to speak of: its networks are predicted. */
async function predictLight(data: string): Promise<readonly LightOutcome[]> {
  const chip = createAutoDNNchip({ plugins: defaultPlugins(silent) });
  const outcomes: LightOutcome[] = [];
  for (const path of lightModels(data)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    try {
      const network = await chip.get(NetworkLoader).load({ path, purpose: 'predict', hostFallback: true });
      const { prediction, hostOperators } = await chip.get(ChipPredictor).predictNetwork({
        network,
        platform: chip.get(Definitions).platforms.get('ultra96'),
        mode: 'fine',
        settings: { ...ultra96Chip },
        hostFallback: true,
      });
      outcomes.push({
        name,
        result: `${prediction.latencyCycles} cycles; on the host: ${hostOperators.map(entry => entry.name).join(', ') || 'nothing'}`,
      });
    } catch (error) {
      outcomes.push({ name, result: (error as Error).message.split('\n').slice(0, 2).join(' ') });
    }
  }
  return outcomes;
}

function report(outcomes: readonly Outcome[], light: readonly LightOutcome[]): void {
  const count = (kind: string, verdict: Verdict): number =>
    outcomes.filter(outcome => outcome.verdict === verdict && outcome.name.startsWith(kind)).length;
  const kinds = [...new Set(outcomes.map(({ name }) => name.slice(0, name.indexOf('/') + 1)))];
  const rows = [...kinds, ''].map(kind => [
    kind === '' ? 'all' : kind.slice(0, -1),
    ...verdicts.map(verdict => count(kind, verdict)),
  ]);
  const reasons = new Map<string, number>();
  for (const outcome of outcomes.filter(({ verdict }) => verdict === 'refused')) {
    const reason = `${outcome.code ?? ''} ${generalised(outcome.detail)}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const frequent = [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 60);
  const unbounded = outcomes.filter(
    ({ verdict, isBounded }) => (verdict === 'accepted' || verdict === 'listed') && isBounded !== true,
  );
  const bad = outcomes.filter(({ verdict }) => verdict === 'wrong' || verdict === 'crashed');
  const text = [
    '# Backend tests of onnx',
    '',
    'Written by `bench/onnx-backend.ts`, with the package onnx 1.19.1.',
    '',
    markdownTable(['tests', ...verdicts], [...rows, before]),
    '',
    `${outcomes.filter(({ simulated }) => simulated).length} of those accepted or listed were simulated at register-transfer level: bits and cycles equal.`,
    `The distance from the expected values is within what quantisation explains for all but ${unbounded.length}, whose float operators on the host have no bound here; their bits equal the executor's.`,
    '',
    ...(bad.length === 0
      ? []
      : [
          'Wrong or crashed:',
          '',
          ...bad.map(({ name, verdict, detail }) => `- ${name} (${verdict}): ${detail.replaceAll('\n', ' ')}`),
          '',
        ]),
    'Accepted:',
    '',
    outcomes
      .filter(({ verdict }) => verdict === 'accepted')
      .map(({ name }) => name.replace(/^\w+\/test_/, ''))
      .join(', '),
    '',
    'Listed:',
    '',
    outcomes
      .filter(({ verdict }) => verdict === 'listed')
      .map(({ name }) => name.replace(/^\w+\/test_/, ''))
      .join(', '),
    '',
    'Reasons of refusals:',
    '',
    markdownTable(
      ['tests', 'reason'],
      frequent.map(([reason, number]) => [number, reason]),
    ),
    '',
    `${reasons.size - frequent.length} further reasons stand for ${[...reasons].reduce((sum, [, number]) => sum + number, 0) - frequent.reduce((sum, [, number]) => sum + number, 0)} tests.`,
    '',
    ...(light.length === 0
      ? []
      : [
          'The light zoo, predicted:',
          '',
          markdownTable(
            ['model', 'prediction'],
            light.map(({ name, result }) => [name, result]),
          ),
        ]),
  ].join('\n');
  const named = (verdict: Verdict): string[] =>
    outcomes.filter(outcome => outcome.verdict === verdict).map(({ name }) => name);
  writeResults(
    options.label,
    {
      rows,
      accepted: named('accepted'),
      listed: named('listed'),
      wrong: named('wrong'),
      crashed: named('crashed'),
      reasons: Object.fromEntries(reasons),
      light,
    },
    text,
  );
}

/** A reason without the names of this one model. */
function generalised(detail: string): string {
  const line = detail.split('\n').find(text => text.startsWith('  ')) ?? detail.split('\n')[0];
  return line
    .replace(/^ *[^()]* \((\w[\w.:]*)\): /, '$1: ')
    .replaceAll(/'[^']*'/g, "'…'")
    .replaceAll(/\/\S+\.onnx/g, 'FILE')
    .replaceAll(/\[[\d, -]*\]/g, '[…]')
    .replaceAll(/\d+/g, 'N')
    .replaceAll('|', '/')
    .slice(0, 160);
}

await main();
