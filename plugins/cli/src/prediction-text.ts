import {
  highestClockText,
  missingFigures,
  printableName,
  type BrokenLimit,
  type ClockCheck,
  type NotCosted,
  type Prediction,
  type ResourceEstimate,
} from '@autodnnchip/core';
import { areaFacts } from './area-text.js';
import { formatCount, formatFacts, formatPercent, formatQuantity, formatTable } from './table.js';

const resourceTitles: Readonly<Record<Exclude<keyof ResourceEstimate, 'fmaxMegahertz'>, string>> = {
  multipliers: 'multipliers',
  lut: 'LUT',
  ff: 'FF',
  dsp: 'DSP',
  bram: 'BRAM',
  areaSquareMillimetres: 'mm²',
  sramBytes: 'SRAM bytes',
};

/** Resources on one line. */
export function formatResources(resources: ResourceEstimate): string {
  const parts: string[] = [];
  for (const [key, title] of Object.entries(resourceTitles)) {
    const value = resources[key as keyof typeof resourceTitles];
    if (value !== undefined)
      parts.push(`${key === 'areaSquareMillimetres' ? Number(value.toPrecision(4)) : formatCount(value)} ${title}`);
  }
  return parts.join(', ');
}

/** Inferences a second, plainly: prefixes are for units of measure. */
export function formatThroughput(perSecond: number): string {
  const digits = perSecond >= 1000 ? formatCount(perSecond) : String(Number(perSecond.toPrecision(4)));
  return `${digits} inferences/s`;
}

/** That a chip does not fit its platform, for the top of a result. */
export function formatBrokenLimits(limits: readonly BrokenLimit[], platform: string): string {
  if (limits.length === 0) return '';
  const amount = (value: number): string => formatCount(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  const lines = limits.map(
    ({ resource, used, available }) => `  ${resource}: ${amount(used)} used, ${amount(available)} available`,
  );
  return `DOES NOT FIT ${platform}: this chip cannot be built there\n${lines.join('\n')}\n\n`;
}

/** Cycles that the chip's 32-bit counters hold. */
const mostCountedCycles = 2 ** 32 - 1;

/** What to warn of when a run is longer than the chip can count; accelerators that exist have counters of their own. */
export function counterWarning({ latencyCycles }: Prediction): string | undefined {
  if (latencyCycles <= mostCountedCycles) return undefined;
  return `${formatCount(latencyCycles)} cycles are more than the chip's 32-bit counters hold: its own records of this run would be wrong.`;
}

function formatOperators(operators: readonly NotCosted[]): string {
  return operators.map(({ name, operator, reason }) => printableName(`  ${name} (${operator}): ${reason}`)).join('\n');
}

/** The operators that the host runs, and what the figures make of them. */
export function formatHostOperators(operators: readonly NotCosted[], remark: string): string {
  return `On the host, not on the chip:\n${formatOperators(operators)}\n${remark}`;
}

/**
 * A prediction for a human: totals, then layers, then what is not covered: the host's operators and any others. `clock`
 * is that of a chip that is to be built.
 */
export function formatPrediction(
  prediction: Prediction,
  hostOperators: readonly NotCosted[] = [],
  areaHolds?: string,
  clock?: ClockCheck,
): string {
  const missing = missingFigures(prediction);
  const energyText = (picojoules: number): string =>
    missing.energy === undefined ? formatQuantity(picojoules * 1e-12, 'J') : 'not costed';
  const totals = formatFacts([
    ...(prediction.batch === 1
      ? []
      : [['batch', `${formatCount(prediction.batch)} inputs computed together`] as const]),
    [
      prediction.batch === 1 ? 'latency' : 'latency of the batch',
      missing.time === undefined
        ? `${formatCount(prediction.latencyCycles)} cycles at ${prediction.clockMegahertz} MHz = ${formatQuantity(prediction.latencySeconds, 's')} (${prediction.mode} mode)`
        : `not known: ${missing.time}`,
    ],
    [
      'throughput',
      missing.time === undefined ? formatThroughput(prediction.throughputPerSecond) : `not known: ${missing.time}`,
    ],
    ...(missing.energy !== undefined
      ? [['energy', `not costed: ${missing.energy}`] as const]
      : [
          ['energy', `${energyText(prediction.energyPicojoules)} per inference`] as const,
          ['power', formatQuantity(prediction.powerMilliwatts * 1e-3, 'W')] as const,
        ]),
    ['resources', formatResources(prediction.resources)],
    ...areaFacts('area', areaHolds),
    ...(clock === undefined ? [] : [['highest clock', highestClockText(clock)] as const]),
  ]);
  const onEngines = prediction.layers.some(({ engine }) => engine !== undefined);
  const layers = formatTable(
    [
      { title: 'layer' },
      { title: 'operator' },
      { title: 'cycles', align: 'right' },
      { title: 'energy', align: 'right' },
      { title: 'multipliers used', align: 'right' },
      { title: 'limited by' },
      ...(onEngines ? [{ title: 'engine' }] : []),
    ],
    prediction.layers.map(layer => [
      layer.name,
      layer.operator,
      formatCount(layer.latencyCycles),
      energyText(layer.energyPicojoules),
      layer.multiplyAccumulates === 0 ? '' : formatPercent(layer.utilization),
      layer.limitedBy,
      ...(onEngines ? [layer.engine ?? ''] : []),
    ]),
  );
  const sections = [totals, layers];
  if (hostOperators.length > 0)
    sections.push(formatHostOperators(hostOperators, 'Their time and energy are not in these figures.'));
  const onHost = new Set(hostOperators.map(({ name }) => name));
  const others = prediction.notCosted.filter(({ name }) => !onHost.has(name));
  if (others.length > 0) sections.push(`Not in these figures:\n${formatOperators(others)}`);
  return sections.join('\n\n');
}
