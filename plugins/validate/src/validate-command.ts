import { dirname } from 'node:path';
import type { CommandDefinition } from '@autodnnchip/core';
import { z } from 'zod';
import { prepareMeasurements, type NotPredictable } from './comparison.js';
import { errorPercent, groupBy, statistics, type ErrorStatistics } from './error-statistics.js';
import { readMeasurements } from './measurements.js';
import { readOptions, readParameterFile, tierOption } from './options.js';
import { figure, percent, table } from './table.js';

const optionsSchema = z.object({
  data: z.string({ error: 'is required' }),
  platform: z.string().optional(),
  tier: tierOption.default('AB'),
  parameters: z.string().optional(),
});

/** A measurement and its prediction, in the unit of the measurement. */
interface ComparedRow {
  readonly platform: string;
  readonly network: string;
  readonly layer: string;
  readonly metric: string;
  readonly unit: string;
  readonly tier: string;
  readonly line: number;
  readonly measured: number;
  readonly predicted: number;
  readonly errorPercent: number;
}

interface Summary extends ErrorStatistics {
  readonly platform: string;
  readonly metric: string;
  readonly worst: { readonly network: string; readonly layer: string; readonly line: number; readonly errorPercent: number };
}

export const validateCommand: CommandDefinition = {
  id: 'validate',
  summary: 'Hold predictions against measurements: error per row, mean, maximum, worst row; what no model covers is listed.',
  arguments: [],
  options: [
    { name: 'data', value: 'FILE.csv', description: 'measurements, with a networks/ folder beside the file' },
    { name: 'platform', value: 'id', description: 'only the rows of this platform' },
    { name: 'tier', value: 'A|B|AB', description: 'only rows of this trust (default: AB)' },
    { name: 'parameters', value: 'FILE.json', description: 'free parameters that `calibrate --output` wrote' },
  ],
  examples: ['autodnnchip validate --data measured/silicon.csv', 'autodnnchip validate --data measured/silicon.csv --platform eyeriss --tier A --json'],
  async run(invocation) {
    const options = readOptions('validate', optionsSchema, invocation.options);
    const changed = options.parameters === undefined ? undefined : readParameterFile(options.parameters);
    const measurements = readMeasurements(options.data);
    const chosen = measurements.filter(({ platform, tier }) => (options.platform === undefined || platform === options.platform) && options.tier.includes(tier));
    const { predictable, notCosted } = await prepareMeasurements(invocation, chosen, dirname(options.data));
    const rows = predictable.map(({ measurement, predict }): ComparedRow => {
      const predicted = predict(changed?.platform === measurement.platform ? changed.values : none);
      const { platform, network, layer, metric, unit, tier, line, value: measured } = measurement;
      return { platform, network, layer, metric, unit, tier, line, measured, predicted, errorPercent: errorPercent(predicted, measured) };
    });
    const summary = summarise(rows);
    const missing = notCosted.map(({ measurement: { platform, network, layer, metric, line }, reason }) => ({ platform, network, layer, metric, line, reason }));
    return { document: { data: options.data, rows, summary, notCosted: missing }, text: toText(rows, summary, notCosted) };
  },
};

const none: Readonly<Record<string, number>> = {};

function summarise(rows: readonly ComparedRow[]): readonly Summary[] {
  const groups = groupBy(rows, ({ platform, metric }) => `${platform}\n${metric}`);
  return groups.map((group) => {
    const worst = group.reduce((most, row) => (Math.abs(row.errorPercent) > Math.abs(most.errorPercent) ? row : most));
    return {
      platform: worst.platform, metric: worst.metric, ...statistics(group.map((row) => row.errorPercent)),
      worst: { network: worst.network, layer: worst.layer, line: worst.line, errorPercent: worst.errorPercent },
    };
  });
}

function toText(rows: readonly ComparedRow[], summary: readonly Summary[], notCosted: readonly NotPredictable[]): string {
  const sections: string[] = [];
  if (rows.length > 0) {
    sections.push(table(['platform', 'network', 'layer', 'metric', 'tier', 'measured', 'predicted', 'unit', 'error %'], rows.map((row) => [
      row.platform, row.network, row.layer || 'total', row.metric, row.tier, row.measured, row.predicted, row.unit, percent(row.errorPercent),
    ])));
    sections.push(table(['platform', 'metric', 'rows', 'mean |error| %', 'maximum |error| %', 'worst row'], summary.map((line) => [
      line.platform, line.metric, line.count, figure(line.meanAbsoluteErrorPercent), figure(line.maximumAbsoluteErrorPercent),
      `${line.worst.network} ${line.worst.layer || 'total'} (line ${line.worst.line}, ${percent(line.worst.errorPercent)} %)`,
    ])));
  }
  if (notCosted.length > 0) {
    const groups = groupBy(notCosted, ({ measurement, reason }) => `${measurement.platform}\n${measurement.metric}\n${reason}`);
    sections.push(`Not costed:\n${table(['platform', 'metric', 'rows', 'reason'], groups.map((group) => [
      group[0].measurement.platform, group[0].measurement.metric, group.length, group[0].reason,
    ]))}`);
  }
  return sections.length === 0 ? 'No row matches.' : sections.join('\n\n');
}
