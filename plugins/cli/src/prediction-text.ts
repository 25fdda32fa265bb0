import { printableName, type BrokenLimit, type NotCosted, type Prediction, type ResourceEstimate } from '@autodnnchip/core';
import { areaFacts } from './area-text.js';
import { formatCount, formatFacts, formatPercent, formatQuantity, formatTable } from './table.js';

const resourceTitles: Readonly<Record<Exclude<keyof ResourceEstimate, 'fmaxMegahertz'>, string>> = {
  multipliers: 'multipliers', lut: 'LUT', ff: 'FF', dsp: 'DSP', bram: 'BRAM', areaSquareMillimetres: 'mm²', sramBytes: 'SRAM bytes',
};

/** Resources on one line. */
export function formatResources(resources: ResourceEstimate): string {
  const parts: string[] = [];
  for (const [key, title] of Object.entries(resourceTitles)) {
    const value = resources[key as keyof typeof resourceTitles];
    if (value !== undefined) parts.push(`${key === 'areaSquareMillimetres' ? Number(value.toPrecision(4)) : formatCount(value)} ${title}`);
  }
  return parts.join(', ');
}

/** The predicted highest clock as a fact, or that it is not known. */
export function formatHighestClock({ fmaxMegahertz, lut }: ResourceEstimate, title = 'highest clock'): readonly (readonly [string, string])[] {
  // Only cells of an FPGA have a clock to predict; accelerators that exist run at theirs.
  if (fmaxMegahertz === undefined && lut === undefined) return [];
  return [[title, fmaxMegahertz === undefined ? 'not known: no model covers this platform' : `${fmaxMegahertz.toFixed(1)} MHz, predicted`]];
}

/** What to warn of when the chip is predicted at a clock that it is not expected to reach. */
export function clockWarning({ clockMegahertz, resources: { fmaxMegahertz } }: Prediction): string | undefined {
  if (fmaxMegahertz === undefined || clockMegahertz <= fmaxMegahertz) return undefined;
  return `The platform's clock of ${clockMegahertz} MHz is above the predicted highest clock of ${fmaxMegahertz.toFixed(1)} MHz: times at that clock are out of reach. `
    + 'Synthesise with --place-and-route to be sure, or make the chip smaller.';
}

/** That a chip does not fit its platform, for the top of a result. */
export function formatBrokenLimits(limits: readonly BrokenLimit[], platform: string): string {
  if (limits.length === 0) return '';
  const amount = (value: number): string => formatCount(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  const lines = limits.map(({ resource, used, available }) => `  ${resource}: ${amount(used)} used, ${amount(available)} available`);
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

/** A prediction for a human: totals, then layers, then what is not covered: the host's operators and any others. */
export function formatPrediction(prediction: Prediction, hostOperators: readonly NotCosted[] = [], areaHolds?: string): string {
  const totals = formatFacts([
    ...(prediction.batch === 1 ? [] : [['batch', `${formatCount(prediction.batch)} inputs computed together`] as const]),
    [prediction.batch === 1 ? 'latency' : 'latency of the batch', `${formatCount(prediction.latencyCycles)} cycles at ${prediction.clockMegahertz} MHz = ${formatQuantity(prediction.latencySeconds, 's')} (${prediction.mode} mode)`],
    ['throughput', prediction.latencyCycles === 0 ? 'not known: nothing of this network is costed' : formatQuantity(prediction.throughputPerSecond, 'inferences/s')],
    ...(prediction.notCosted.some(({ name }) => name === 'energy') ? [['energy', 'not costed'] as const] : [
      ['energy', `${formatQuantity(prediction.energyPicojoules * 1e-12, 'J')} per inference`] as const,
      ['power', formatQuantity(prediction.powerMilliwatts * 1e-3, 'W')] as const,
    ]),
    ['resources', formatResources(prediction.resources)],
    ...areaFacts('area', areaHolds),
    ...formatHighestClock(prediction.resources),
  ]);
  const layers = formatTable(
    [
      { title: 'layer' }, { title: 'operator' }, { title: 'cycles', align: 'right' }, { title: 'energy', align: 'right' },
      { title: 'multipliers used', align: 'right' }, { title: 'limited by' },
    ],
    prediction.layers.map((layer) => [
      layer.name, layer.operator, formatCount(layer.latencyCycles), formatQuantity(layer.energyPicojoules * 1e-12, 'J'),
      layer.multiplyAccumulates === 0 ? '' : formatPercent(layer.utilization), layer.limitedBy,
    ]),
  );
  const sections = [totals, layers];
  if (hostOperators.length > 0) sections.push(formatHostOperators(hostOperators, 'Their time and energy are not in these figures.'));
  const onHost = new Set(hostOperators.map(({ name }) => name));
  const others = prediction.notCosted.filter(({ name }) => !onHost.has(name));
  if (others.length > 0) sections.push(`Not in these figures:\n${formatOperators(others)}`);
  return sections.join('\n\n');
}
