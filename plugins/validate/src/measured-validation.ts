import { dirname } from 'node:path';
import { checkResultFile, Definitions, writeResultFile, type CommandInvocation, type CommandResult } from '@autodnnchip/core';
import type { ComparedRow } from './compared-row.js';
import { prepareMeasurements, type NotPredictable } from './comparison.js';
import { errorPercent, groupBy, statistics, type ErrorStatistics } from './error-statistics.js';
import { isTotal, readMeasurements } from './measurements.js';
import { readParameterFile } from './options.js';
import { measuredPlot } from './plots/measured-plot.js';
import { figure, percent, table } from './table.js';

export interface MeasuredOptions {
  readonly data: string;
  readonly platform?: string | undefined;
  readonly tier: 'A' | 'B' | 'AB';
  readonly parameters?: string | undefined;
  readonly plot?: string | undefined;
}

interface Summary extends ErrorStatistics {
  readonly platform: string;
  readonly metric: string;
  /** Of the rows of tier A alone, which are the ones to hold a model to; absent where there are none. */
  readonly tierA?: ErrorStatistics;
  readonly worst: { readonly network: string; readonly layer: string; readonly line: number; readonly errorPercent: number };
}

/** Holds predictions of given accelerators against a file of measurements. */
export async function validateMeasured(invocation: CommandInvocation, options: MeasuredOptions): Promise<CommandResult> {
  const changed = options.parameters === undefined ? undefined : readParameterFile(options.parameters);
  const measurements = readMeasurements(options.data);
  if (options.plot !== undefined) await checkResultFile(options.plot, 'plot');
  if (options.platform !== undefined && !measurements.some(({ platform }) => platform === options.platform)) invocation.get(Definitions).platforms.get(options.platform);
  const chosen = measurements.filter(({ platform, tier }) => (options.platform === undefined || platform === options.platform) && isOfTier(tier, options.tier));
  const { predictable, notCosted } = await prepareMeasurements(invocation, chosen, dirname(options.data));
  const rows = predictable.map(({ measurement, predict }): ComparedRow => {
    const predicted = predict(changed?.platform === measurement.platform ? changed.values : none);
    const { platform, network, layer, metric, unit, tier, line, value: measured } = measurement;
    return { platform, network, layer, metric, unit, tier, line, measured, predicted, errorPercent: errorPercent(predicted, measured) };
  });
  const summary = summarise(rows);
  if (options.plot !== undefined) await writeResultFile(options.plot, await measuredPlot(rows), 'plot');
  const missing = notCosted.map(({ measurement: { platform, network, layer, metric, line }, reason }) => ({ platform, network, layer, metric, line, reason }));
  return { document: { data: options.data, rows, summary, notCosted: missing }, text: toText(rows, summary, notCosted) };
}

const none: Readonly<Record<string, number>> = {};

/** Both tiers are all rows: whatever a file says of its trust, no row is left out unless the user asks for a tier. */
function isOfTier(tier: string, wanted: MeasuredOptions['tier']): boolean {
  return wanted === 'AB' || tier === wanted;
}

function summarise(rows: readonly ComparedRow[]): readonly Summary[] {
  const groups = groupBy(rows, ({ platform, metric }) => `${platform}\n${metric}`);
  return groups.map((group) => {
    const worst = group.reduce((most, row) => (Math.abs(row.errorPercent) > Math.abs(most.errorPercent) ? row : most));
    const hard = group.filter(({ tier }) => tier === 'A');
    return {
      platform: worst.platform, metric: worst.metric, ...statistics(group.map((row) => row.errorPercent)),
      ...(hard.length === 0 ? {} : { tierA: statistics(hard.map((row) => row.errorPercent)) }),
      worst: { network: worst.network, layer: worst.layer, line: worst.line, errorPercent: worst.errorPercent },
    };
  });
}

/** What the whole network is called in tables. */
function layerName(row: ComparedRow | Summary['worst']): string {
  return isTotal(row) ? 'total' : row.layer;
}

function toText(rows: readonly ComparedRow[], summary: readonly Summary[], notCosted: readonly NotPredictable[]): string {
  const sections: string[] = [];
  if (rows.length > 0) {
    const note = rows.some(({ tier }) => tier !== 'A') ? '\n* not tier A: an indication only, the note of the row says why' : '';
    sections.push(table(['platform', 'network', 'layer', 'metric', 'tier', 'measured', 'predicted', 'unit', 'error %'], rows.map((row) => [
      row.platform, row.network, layerName(row), row.metric, row.tier === 'A' ? 'A' : `${row.tier}*`, row.measured, row.predicted, row.unit, percent(row.errorPercent),
    ])) + note);
    sections.push(table(['platform', 'metric', 'rows', 'mean |error| %', 'maximum |error| %', 'of tier A', 'mean |error| %', 'maximum |error| %', 'worst row'], summary.map((line) => [
      line.platform, line.metric, line.count, figure(line.meanAbsoluteErrorPercent), figure(line.maximumAbsoluteErrorPercent),
      ...(line.tierA === undefined ? ['none', '', ''] : [String(line.tierA.count), figure(line.tierA.meanAbsoluteErrorPercent), figure(line.tierA.maximumAbsoluteErrorPercent)]),
      `${line.worst.network} ${layerName(line.worst)} (line ${line.worst.line}, ${percent(line.worst.errorPercent)} %)`,
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
