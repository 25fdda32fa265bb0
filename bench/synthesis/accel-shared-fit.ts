/**
 * Fits the resource model of accel_shared to the rows of `accel-shared-sweep.json`, writes the coefficients into the
 * packages that use them, and shows the errors on the chips that it was fitted to and on those that it has not seen.
 *
 *     node --conditions=@autodnnchip/source --import tsx bench/synthesis/accel-shared-fit.ts
 *
 * Coefficients are linear and few: adder trees, multipliers, memories, queues and registers are counted from the RTL's
 * structure.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSynthesisSweep, type BlockRow, type ChipRow } from '../../test/accel-shared/synthesis-rows.js';
import { markdownTable, writeResults } from '../support/results.js';
import { fitCoefficients, modelCells, type ModelCoefficients } from './coefficient-fit.js';

const families = ['xcup', 'ecp5'] as const;
const sweep = readSynthesisSweep();
const fitted = { xcup: fitCoefficients(sweep, 'xcup'), ecp5: fitCoefficients(sweep, 'ecp5') };

const files: readonly {
  readonly part: keyof ModelCoefficients;
  readonly path: string;
  readonly type: string;
  readonly from: string;
}[] = [
  {
    part: 'conv',
    path: 'ip-plugins/conv-adder-tree/src/engine-coefficients.ts',
    type: 'ConvEngineCoefficients',
    from: './engine-logic.js',
  },
  {
    part: 'lane',
    path: 'ip-plugins/lane-engine/src/engine-coefficients.ts',
    type: 'LaneEngineCoefficients',
    from: './engine-logic.js',
  },
  {
    part: 'chassis',
    path: 'plugins/accel-shared/src/cost/chassis-coefficients.ts',
    type: 'ChassisCoefficients',
    from: './chassis-logic.js',
  },
];

function coefficientFile({ part, type, from }: (typeof files)[number]): string {
  const chips = sweep.chips.filter(({ purpose, target }) => purpose === 'fit' && target === 'xcup').length;
  const lines = families.map(
    family =>
      `  ${family}: { ${Object.entries(fitted[family][part])
        .map(([name, value]) => `${name}: ${value}`)
        .join(', ')} },`,
  );
  return [
    `import type { ${type} } from '${from}';`,
    '',
    '/**',
    ' * Written by `bench/synthesis/accel-shared-fit.ts`: least squares of relative errors over all engines and',
    ` * ${chips} whole chips a family of \`bench/synthesis/accel-shared-sweep.json\`, synthesised with Yosys ${sweep.version}, flattened.`,
    ' */',
    `export const ${type[0].toLowerCase()}${type.slice(1)}: Readonly<Record<'xcup' | 'ecp5', ${type}>> = {`,
    ...lines,
    '};',
    '',
  ].join('\n');
}

for (const file of files)
  writeFileSync(fileURLToPath(new URL(`../../${file.path}`, import.meta.url)), coefficientFile(file));

interface RowError {
  readonly key: string;
  readonly lutPercent: number;
  readonly ffPercent: number;
}

const inPercent = (predicted: number, counted: number): number => Math.round(1000 * (predicted / counted - 1)) / 10;

function rowError(row: BlockRow | ChipRow): RowError {
  const { lut, ff } = modelCells(row, sweep.layerCount, row.target, fitted[row.target]);
  return { key: row.key, lutPercent: inPercent(lut, row.counts.lut), ffPercent: inPercent(ff, row.counts.ff) };
}

const groups = [
  { name: 'engines, fitted', rows: sweep.blocks },
  { name: 'chips, fitted', rows: sweep.chips.filter(({ purpose }) => purpose === 'fit') },
  { name: 'chips, not seen', rows: sweep.chips.filter(({ purpose }) => purpose === 'check') },
];

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
const mean = (values: readonly number[]): number =>
  Math.round((10 * values.reduce((sum, value) => sum + Math.abs(value), 0)) / values.length) / 10;

const summary = groups.flatMap(({ name, rows }) =>
  families.map(family => {
    const errors = rows.filter(({ target }) => target === family).map(rowError);
    const luts = errors.map(({ lutPercent }) => lutPercent);
    const ffs = errors.map(({ ffPercent }) => ffPercent);
    return [name, family, errors.length, mean(luts), largest(luts), mean(ffs), largest(ffs)] as const;
  }),
);
const chipErrors = sweep.chips.map(row => ({ purpose: row.purpose, ...rowError(row) }));

writeResults(
  'accel-shared-resources',
  {
    tool: sweep.tool,
    version: sweep.version,
    coefficients: fitted,
    chips: chipErrors,
    blocks: sweep.blocks.map(rowError),
  },
  [
    `LUT and FF of the model against Yosys ${sweep.version}, error in percent.`,
    '',
    markdownTable(['rows', 'family', 'count', 'LUT mean', 'LUT largest', 'FF mean', 'FF largest'], summary),
    '',
    markdownTable(
      ['chip', 'purpose', 'LUT', 'FF'],
      chipErrors.map(({ key, purpose, lutPercent, ffPercent }) => [key, purpose, lutPercent, ffPercent]),
    ),
  ].join('\n'),
);
