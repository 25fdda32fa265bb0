import { basename } from 'node:path';
import {
  checkResultFile,
  ChipError,
  Definitions,
  writeResultFile,
  type CommandInvocation,
  type CommandResult,
} from '@autodnnchip/core';
import type { ComparedRow } from './compared-row.js';
import { prepareMeasurements, type NotPredictable, type UnmatchedLayer } from './comparison.js';
import { errorPercent, groupBy, statistics, type ErrorStatistics } from './error-statistics.js';
import { calibrateFamily, membersOf } from './family-calibration.js';
import { isTotal, readMeasurements, type Measurement } from './measurements.js';
import { readParameterFile } from './options.js';
import { measuredPlot } from './plots/measured-plot.js';
import { figure, percent, table } from './table.js';

export interface MeasuredOptions {
  readonly data: readonly string[];
  readonly platform?: string | undefined;
  readonly tier: 'A' | 'B' | 'AB';
  readonly parameters?: string | undefined;
  readonly plot?: string | undefined;
  readonly leftOut: boolean;
}

interface Summary extends ErrorStatistics {
  readonly platform: string;
  readonly metric: string;
  /** Of the rows of tier A alone, which are the ones to hold a model to; absent where there are none. */
  readonly tierA?: ErrorStatistics;
  /** With parameters fitted without the network of each row, of the rows where that is known. */
  readonly leftOut?: ErrorStatistics;
  readonly worst: {
    readonly network: string;
    readonly layer: string;
    readonly line: number;
    readonly errorPercent: number;
  };
}

/** Holds predictions of given accelerators against a file of measurements. */
export async function validateMeasured(
  invocation: CommandInvocation,
  options: MeasuredOptions,
): Promise<CommandResult> {
  const changed = options.parameters === undefined ? undefined : readParameterFile(options.parameters);
  const measurements = options.data.flatMap(readMeasurements);
  if (options.plot !== undefined) await checkResultFile(options.plot, 'plot');
  if (options.platform !== undefined && !measurements.some(({ platform }) => platform === options.platform))
    invocation.get(Definitions).platforms.get(options.platform);
  const chosen = measurements.filter(
    ({ platform, tier }) =>
      (options.platform === undefined || platform === options.platform) && isOfTier(tier, options.tier),
  );
  const { predictable, notCosted, unmatched } = await prepareMeasurements(invocation, chosen);
  const leftOut = options.leftOut
    ? await leftOutErrors(invocation, chosen, measurements)
    : { errors: new Map<string, number>(), refused: [] };
  const rows = predictable.map(({ measurement, predict }): ComparedRow => {
    const predicted = predict(changed?.platform === measurement.platform ? changed.values : none);
    const { platform, network, layer, batch, metric, unit, tier, line, conditions, value: measured } = measurement;
    const without = leftOut.errors.get(rowKey(measurement));
    return {
      platform,
      network,
      layer,
      batch,
      metric,
      unit,
      tier,
      data: basename(measurement.data),
      line,
      conditions,
      measured,
      predicted,
      errorPercent: errorPercent(predicted, measured),
      ...(without === undefined ? {} : { leftOutErrorPercent: without }),
    };
  });
  const summary = summarise(rows);
  if (options.plot !== undefined) await writeResultFile(options.plot, await measuredPlot(rows), 'plot');
  const missing = notCosted.map(({ measurement: { platform, network, layer, metric, line }, reason }) => ({
    platform,
    network,
    layer,
    metric,
    line,
    reason,
  }));
  const document = {
    data: options.data.join(', '),
    rows,
    summary,
    notCosted: missing,
    unmatched,
    notFitted: leftOut.refused,
  };
  return { document, text: toText(rows, summary, notCosted, unmatched, leftOut.refused) };
}

interface NotFitted {
  readonly platforms: readonly string[];
  readonly reason: string;
}

/**
 * Errors of rows under a fit on the rows of tier A of all other networks, by `rowKey`; and what could not be fitted.
 */
async function leftOutErrors(
  invocation: CommandInvocation,
  chosen: readonly Measurement[],
  measurements: readonly Measurement[],
): Promise<{ readonly errors: ReadonlyMap<string, number>; readonly refused: readonly NotFitted[] }> {
  const { platforms } = invocation.get(Definitions);
  const errors = new Map<string, number>();
  const refused: NotFitted[] = [];
  const done = new Set<string>();
  for (const id of new Set(chosen.map(({ platform }) => platform))) {
    const platform = platforms.find(id);
    if (platform?.accelerator === undefined || done.has(id)) continue;
    const members = membersOf(platform, platforms.list()).map(member => member.id);
    for (const member of members) done.add(member);
    try {
      for (const { rows } of await calibrateFamily(invocation, platform, measurements, 'A')) {
        for (const { measurement, heldOutErrorPercent } of rows) errors.set(rowKey(measurement), heldOutErrorPercent);
      }
    } catch (error) {
      if (!(error instanceof ChipError)) throw error;
      refused.push({ platforms: members, reason: `${error.code}: ${error.message}` });
    }
  }
  return { errors, refused };
}

function rowKey({ data, line }: Measurement): string {
  return `${data}\n${line}`;
}

const none: Readonly<Record<string, number>> = {};

/** Both tiers are all rows: whatever a file says of its trust, no row is left out unless the user asks for a tier. */
function isOfTier(tier: string, wanted: MeasuredOptions['tier']): boolean {
  return wanted === 'AB' || tier === wanted;
}

function summarise(rows: readonly ComparedRow[]): readonly Summary[] {
  const groups = groupBy(rows, ({ platform, metric }) => `${platform}\n${metric}`);
  return groups.map(group => {
    const worst = group.reduce((most, row) => (Math.abs(row.errorPercent) > Math.abs(most.errorPercent) ? row : most));
    const without = group.flatMap(({ leftOutErrorPercent }) =>
      leftOutErrorPercent === undefined ? [] : [leftOutErrorPercent],
    );
    const hard = group.filter(({ tier }) => tier === 'A');
    return {
      platform: worst.platform,
      metric: worst.metric,
      ...statistics(group.map(row => row.errorPercent)),
      ...(hard.length === 0 ? {} : { tierA: statistics(hard.map(row => row.errorPercent)) }),
      ...(without.length === 0 ? {} : { leftOut: statistics(without) }),
      worst: { network: worst.network, layer: worst.layer, line: worst.line, errorPercent: worst.errorPercent },
    };
  });
}

/** What the whole network is called in tables. */
function layerName(row: ComparedRow | Summary['worst']): string {
  return isTotal(row) ? 'total' : row.layer;
}

function cellsOf(errors: ErrorStatistics | undefined): readonly string[] {
  return errors === undefined
    ? ['none', '', '']
    : [String(errors.count), figure(errors.meanAbsoluteErrorPercent), figure(errors.maximumAbsoluteErrorPercent)];
}

function toText(
  rows: readonly ComparedRow[],
  summary: readonly Summary[],
  notCosted: readonly NotPredictable[],
  unmatched: readonly UnmatchedLayer[],
  refused: readonly NotFitted[],
): string {
  const sections: string[] = [];
  const withLeftOut = rows.some(({ leftOutErrorPercent }) => leftOutErrorPercent !== undefined);
  if (rows.length > 0) {
    const note = rows.some(({ tier }) => tier !== 'A')
      ? '\n* not tier A: an indication only, the note of the row says why'
      : '';
    sections.push(
      table(
        [
          'platform',
          'network',
          'layer',
          'batch',
          'metric',
          'tier',
          'measured',
          'predicted',
          'unit',
          'error %',
          ...(withLeftOut ? ['network left out, error %'] : []),
        ],
        rows.map(row => [
          row.platform,
          row.network,
          layerName(row),
          String(row.batch),
          row.metric,
          row.tier === 'A' ? 'A' : `${row.tier}*`,
          row.measured,
          row.predicted,
          row.unit,
          percent(row.errorPercent),
          ...(withLeftOut ? [row.leftOutErrorPercent === undefined ? '' : percent(row.leftOutErrorPercent)] : []),
        ]),
      ) + note,
    );
    sections.push(
      table(
        [
          'platform',
          'metric',
          'rows',
          'mean |error| %',
          'maximum |error| %',
          'of tier A',
          'mean |error| %',
          'maximum |error| %',
          ...(withLeftOut ? ['network left out', 'mean |error| %', 'maximum |error| %'] : []),
          'worst row',
        ],
        summary.map(line => [
          line.platform,
          line.metric,
          line.count,
          figure(line.meanAbsoluteErrorPercent),
          figure(line.maximumAbsoluteErrorPercent),
          ...cellsOf(line.tierA),
          ...(withLeftOut ? cellsOf(line.leftOut) : []),
          `${line.worst.network} ${layerName(line.worst)} (line ${line.worst.line}, ${percent(line.worst.errorPercent)} %)`,
        ]),
      ),
    );
  }
  if (notCosted.length > 0) {
    const groups = groupBy(
      notCosted,
      ({ measurement, reason }) => `${measurement.platform}\n${measurement.metric}\n${reason}`,
    );
    sections.push(
      `Not costed:\n${table(
        ['platform', 'metric', 'rows', 'reason'],
        groups.map(group => [
          group[0].measurement.platform,
          group[0].measurement.metric,
          group.length,
          group[0].reason,
        ]),
      )}`,
    );
  }
  if (unmatched.length > 0) {
    sections.push(
      `Layers that take time by the model and that no row is about:\n${table(
        ['platform', 'network', 'layer', 'predicted, ms'],
        unmatched.map(layer => [layer.platform, layer.network, layer.layer, layer.predictedMilliseconds]),
      )}`,
    );
  }
  if (refused.length > 0)
    sections.push(
      `Not fitted again without each network:\n${refused.map(({ platforms, reason }) => `${platforms.join(', ')}: ${reason}`).join('\n')}`,
    );
  return sections.length === 0 ? 'No row matches.' : sections.join('\n\n');
}
