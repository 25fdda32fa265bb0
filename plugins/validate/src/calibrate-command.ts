import { writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ChipError, Definitions, errorMessage, type CommandDefinition } from '@autodnnchip/core';
import { z } from 'zod';
import { calibrate, type Calibration } from './calibration.js';
import { prepareMeasurements } from './comparison.js';
import { readMeasurements } from './measurements.js';
import { readOptions, tierOption } from './options.js';
import { figure, percent, table } from './table.js';

const optionsSchema = z.object({
  data: z.string({ error: 'is required' }),
  tier: tierOption.default('A'),
  output: z.string().optional(),
});

export const calibrateCommand: CommandDefinition = {
  id: 'calibrate',
  summary: 'Fit the free parameters of a given accelerator to measurements, with the error on networks left out.',
  arguments: [{ name: 'PLATFORM', description: 'given accelerator, for instance eyeriss', required: true }],
  options: [
    { name: 'data', value: 'FILE.csv', description: 'measurements, with a networks/ folder beside the file' },
    { name: 'tier', value: 'A|B|AB', description: 'trust of the rows to fit on (default: A)' },
    { name: 'output', value: 'FILE.json', description: 'write the parameters with their provenance' },
  ],
  examples: ['autodnnchip calibrate dpu-b4096-kv260 --data measured/silicon.csv --output kv260.json'],
  async run(invocation) {
    const options = readOptions('calibrate', optionsSchema, invocation.options);
    const platform = invocation.get(Definitions).platforms.get(invocation.arguments['platform'] ?? '');
    if (platform.accelerator === undefined) {
      throw new ChipError('ADC3406', `${platform.id} is a platform to build chips for: it has no free parameters`, {
        hint: 'Give one of the accelerators that `autodnnchip plugins` lists, for instance eyeriss.',
      });
    }
    const measurements = readMeasurements(options.data).filter((row) => row.platform === platform.id && options.tier.includes(row.tier));
    const { predictable } = await prepareMeasurements(invocation, measurements, dirname(options.data));
    const origin = `${basename(options.data)}, tier ${options.tier}`;
    const calibrations = calibrate(platform.id, platform.accelerator.parameters, predictable, origin);
    const document = {
      platform: platform.id,
      parameters: Object.fromEntries(calibrations.flatMap(({ parameters }) => parameters.map(({ name, ...parameter }) => [name, parameter]))),
      metrics: calibrations.map(({ metric, leftOut, fitted, heldOut, rows }) => ({
        metric, leftOut, fitted, heldOut,
        rows: rows.map(({ measurement, ...errors }) => ({ network: measurement.network, layer: measurement.layer, line: measurement.line, measured: measurement.value, unit: measurement.unit, ...errors })),
      })),
    };
    if (options.output !== undefined) write(options.output, document);
    return { document, text: calibrations.length === 0 ? `${platform.id} has no free parameters to fit.` : calibrations.map(toText).join('\n\n') };
  },
};

function write(file: string, document: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`);
  } catch (error) {
    throw new ChipError('ADC6003', `${file} cannot be written: ${errorMessage(error)}`, { location: { file }, cause: error });
  }
}

function toText({ metric, parameters, rows, leftOut, fitted, heldOut }: Calibration): string {
  return [
    `${metric}: ${fitted.count} rows; fitted on all: mean ${figure(fitted.meanAbsoluteErrorPercent)} %, maximum ${figure(fitted.maximumAbsoluteErrorPercent)} %; `
    + `leave one ${leftOut} out: mean ${figure(heldOut.meanAbsoluteErrorPercent)} %, maximum ${figure(heldOut.maximumAbsoluteErrorPercent)} %`,
    table(['parameter', 'value', 'unit', 'before', 'from', 'to', 'meaning'], parameters.map((row) => [row.name, row.value, row.unit, row.before, row.minimum, row.maximum, row.meaning])),
    table(['network', 'layer', 'measured', 'fitted', 'unit', 'error %', `${leftOut} left out, error %`], rows.map(({ measurement, fitted: value, fittedErrorPercent, heldOutErrorPercent }) => [
      measurement.network, measurement.layer || 'total', measurement.value, value, measurement.unit, percent(fittedErrorPercent), percent(heldOutErrorPercent),
    ])),
  ].join('\n\n');
}
