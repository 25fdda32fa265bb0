import { basename } from 'node:path';
import {
  checkResultFile,
  ChipError,
  Definitions,
  parseOptions,
  writeResultFile,
  type CommandDefinition,
} from '@autodnnchip/core';
import { z } from 'zod';
import type { CalibratedParameter, Calibration } from './calibration.js';
import type { ErrorStatistics } from './error-statistics.js';
import { calibrateFamily } from './family-calibration.js';
import { readMeasurements } from './measurements.js';
import { dataOption, tierOption } from './options.js';
import { percent, table } from './table.js';

const optionsSchema = z.object({
  data: dataOption,
  tier: tierOption.default('A'),
  output: z.string().optional(),
});

export const calibrateCommand: CommandDefinition = {
  id: 'calibrate',
  summary:
    'Fit the free parameters of a given accelerator (with those of its family) to measurements, with the error on networks left out.',
  arguments: [{ name: 'PLATFORM', description: 'given accelerator, for instance eyeriss', required: true }],
  options: [
    {
      name: 'data',
      value: 'FILE.csv',
      repeated: true,
      description: 'measurements, with a networks/ folder beside the file',
    },
    {
      name: 'tier',
      value: 'A|B|AB',
      description: 'trust of the rows to fit on (default: A); others are shown as an indication',
    },
    { name: 'output', value: 'FILE.json', description: 'write the parameters with their provenance' },
  ],
  examples: ['autodnnchip calibrate dpu-b4096-kv260 --data measured/silicon.csv --output kv260.json'],
  async run(invocation) {
    const options = parseOptions('calibrate', optionsSchema, invocation.options);
    const platform = invocation.get(Definitions).platforms.get(invocation.arguments['platform'] ?? '');
    if (platform.accelerator === undefined) {
      throw new ChipError('ADC3406', `${platform.id} is a platform to build chips for: it has no free parameters`, {
        hint: 'Give one of the accelerators that `autodnnchip plugins` lists, for instance eyeriss.',
      });
    }
    if (options.output !== undefined) await checkResultFile(options.output, 'output');
    const calibrations = await calibrateFamily(
      invocation,
      platform,
      options.data.flatMap(readMeasurements),
      options.tier,
    );
    const own = ({ name, owner }: CalibratedParameter): boolean =>
      platform.accelerator?.parameters[name]?.owner === owner;
    const document = {
      platform: platform.id,
      parameters: Object.fromEntries(
        calibrations.flatMap(({ parameters }) =>
          parameters
            .filter(own)
            .map(({ name, owner, ...parameter }) => [
              name,
              { ...parameter, scope: owner === undefined ? ('family' as const) : ('platform' as const) },
            ]),
        ),
      ),
      metrics: calibrations.map(({ metric, fitted, heldOut, indication, rows, platforms }) => ({
        metric,
        fitted,
        heldOut,
        indication,
        platforms,
        rows: rows.map(({ measurement, ...errors }) => ({
          platform: measurement.platform,
          network: measurement.network,
          layer: measurement.layer,
          batch: measurement.batch,
          data: basename(measurement.data),
          line: measurement.line,
          tier: measurement.tier,
          measured: measurement.value,
          unit: measurement.unit,
          ...errors,
        })),
      })),
    };
    if (options.output !== undefined)
      await writeResultFile(options.output, `${JSON.stringify(document, undefined, 2)}\n`, 'output');
    return {
      document,
      text:
        calibrations.length === 0
          ? `${platform.id} has no free parameters to fit.`
          : calibrations.map(toText).join('\n\n'),
    };
  },
};

function toText({ metric, parameters, rows, platforms }: Calibration): string {
  const several = platforms.length > 1;
  const indications = rows.filter(({ fittedOn }) => !fittedOn);
  const errors = ({
    count,
    meanAbsoluteErrorPercent,
    maximumAbsoluteErrorPercent,
  }: ErrorStatistics): readonly (string | number)[] =>
    count === 0 ? ['', ''] : [meanAbsoluteErrorPercent, maximumAbsoluteErrorPercent];
  return [
    `${metric}: fitted on ${rows.length - indications.length} rows, and again without each network`,
    table(
      [
        'platform',
        'rows',
        'fitted on all: mean |error| %',
        'maximum %',
        'one network left out: mean |error| %',
        'maximum %',
        'not fitted on',
        'mean |error| %',
        'maximum %',
      ],
      platforms.map(({ platform, fitted, heldOut, indication }) => [
        platform,
        fitted.count,
        ...errors(fitted),
        ...errors(heldOut),
        indication.count,
        ...errors(indication),
      ]),
    ),
    table(
      [...(several ? ['of'] : []), 'parameter', 'value', 'unit', 'before', 'from', 'to', 'meaning'],
      parameters.map(row => [
        ...(several ? [row.owner ?? 'family'] : []),
        row.name,
        row.value,
        row.unit,
        row.before,
        row.minimum,
        row.maximum,
        row.meaning,
      ]),
    ),
    table(
      [
        ...(several ? ['platform'] : []),
        'network',
        'layer',
        'batch',
        'measured',
        'fitted',
        'unit',
        'error %',
        'network left out, error %',
      ],
      rows.map(({ measurement, fittedOn, fitted: value, fittedErrorPercent, heldOutErrorPercent }) => [
        ...(several ? [measurement.platform] : []),
        measurement.network,
        measurement.layer || 'total',
        String(measurement.batch),
        measurement.value,
        value,
        measurement.unit,
        `${percent(fittedErrorPercent)}${fittedOn ? '' : '*'}`,
        percent(heldOutErrorPercent),
      ]),
    ) + (indications.length === 0 ? '' : '\n* not fitted on: an indication, of another tier or kept out by its note'),
  ].join('\n\n');
}
