import { basename, dirname } from 'node:path';
import { checkResultFile, ChipError, Definitions, parseOptions, writeResultFile, type CommandDefinition, type Platform } from '@autodnnchip/core';
import { z } from 'zod';
import { calibrate, type CalibratedParameter, type Calibration } from './calibration.js';
import { prepareMeasurements } from './comparison.js';
import { readMeasurements } from './measurements.js';
import { tierOption } from './options.js';
import { percent, table } from './table.js';

const optionsSchema = z.object({
  data: z.string({ error: 'is required' }),
  tier: tierOption.default('A'),
  output: z.string().optional(),
});

export const calibrateCommand: CommandDefinition = {
  id: 'calibrate',
  summary: 'Fit the free parameters of a given accelerator (with those of its family) to measurements, with the error on networks left out.',
  arguments: [{ name: 'PLATFORM', description: 'given accelerator, for instance eyeriss', required: true }],
  options: [
    { name: 'data', value: 'FILE.csv', description: 'measurements, with a networks/ folder beside the file' },
    { name: 'tier', value: 'A|B|AB', description: 'trust of the rows to fit on (default: A)' },
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
    const members = membersOf(platform, invocation.get(Definitions).platforms.list());
    const measurements = readMeasurements(options.data).filter((row) => members.some(({ id }) => id === row.platform) && options.tier.includes(row.tier));
    const { predictable } = await prepareMeasurements(invocation, measurements, dirname(options.data));
    const origin = `${basename(options.data)}, tier ${options.tier}`;
    const measured = members.filter(({ id }) => id === platform.id || predictable.some(({ measurement }) => measurement.platform === id));
    const accelerators = measured.map(({ id, accelerator }) => ({ platform: id, parameters: accelerator?.parameters ?? {} }));
    const calibrations = calibrate(accelerators, predictable, origin);
    const own = ({ platform: belongsTo }: CalibratedParameter): boolean => belongsTo === undefined || belongsTo === platform.id;
    const document = {
      platform: platform.id,
      parameters: Object.fromEntries(calibrations.flatMap(({ parameters }) => parameters.filter(own).map(({ name, platform: belongsTo, ...parameter }) => [
        name, { ...parameter, scope: belongsTo === undefined ? 'family' as const : 'platform' as const },
      ]))),
      metrics: calibrations.map(({ metric, leftOut, fitted, heldOut, rows, platforms }) => ({
        metric, leftOut, fitted, heldOut, platforms,
        rows: rows.map(({ measurement, ...errors }) => ({
          platform: measurement.platform, network: measurement.network, layer: measurement.layer, line: measurement.line,
          measured: measurement.value, unit: measurement.unit, ...errors,
        })),
      })),
    };
    if (options.output !== undefined) await writeResultFile(options.output, `${JSON.stringify(document, undefined, 2)}\n`, 'output');
    return { document, text: calibrations.length === 0 ? `${platform.id} has no free parameters to fit.` : calibrations.map(toText).join('\n\n') };
  },
};

/** The accelerators that share parameters with this one, itself among them. */
function membersOf(platform: Platform, all: readonly Platform[]): readonly Platform[] {
  const family = platform.accelerator?.family;
  return family === undefined ? [platform] : all.filter(({ accelerator }) => accelerator?.family === family);
}

function toText({ metric, parameters, rows, leftOut, platforms }: Calibration): string {
  const several = platforms.length > 1;
  return [
    `${metric}: fitted on ${rows.length} rows, and again without each ${leftOut}`,
    table(['platform', 'rows', 'fitted on all: mean |error| %', 'maximum %', `one ${leftOut} left out: mean |error| %`, 'maximum %'], platforms.map(({ platform, fitted, heldOut }) => [
      platform, fitted.count, fitted.meanAbsoluteErrorPercent, fitted.maximumAbsoluteErrorPercent, heldOut.meanAbsoluteErrorPercent, heldOut.maximumAbsoluteErrorPercent,
    ])),
    table([...(several ? ['of'] : []), 'parameter', 'value', 'unit', 'before', 'from', 'to', 'meaning'], parameters.map((row) => [
      ...(several ? [row.platform ?? 'family'] : []), row.name, row.value, row.unit, row.before, row.minimum, row.maximum, row.meaning,
    ])),
    table([...(several ? ['platform'] : []), 'network', 'layer', 'measured', 'fitted', 'unit', 'error %', `${leftOut} left out, error %`], rows.map(({ measurement, fitted: value, fittedErrorPercent, heldOutErrorPercent }) => [
      ...(several ? [measurement.platform] : []), measurement.network, measurement.layer || 'total', measurement.value, value, measurement.unit, percent(fittedErrorPercent), percent(heldOutErrorPercent),
    ])),
  ].join('\n\n');
}
