import type { Prediction, ResourceEstimate } from '@autodnnchip/core';
import { formatCount, formatFacts, formatPercent, formatQuantity, formatTable } from './table.js';

const resourceTitles: Readonly<Record<keyof ResourceEstimate, string>> = {
  multipliers: 'multipliers', lut: 'LUT', ff: 'FF', dsp: 'DSP', bram: 'BRAM', areaSquareMillimetres: 'mm²', sramBytes: 'SRAM bytes',
};

/** Resources on one line. */
export function formatResources(resources: ResourceEstimate): string {
  const parts: string[] = [];
  for (const [key, title] of Object.entries(resourceTitles)) {
    const value = resources[key as keyof ResourceEstimate];
    if (value !== undefined) parts.push(`${key === 'areaSquareMillimetres' ? Number(value.toPrecision(4)) : formatCount(value)} ${title}`);
  }
  return parts.join(', ');
}

/** A prediction for a human: totals, then layers, then what is not covered. */
export function formatPrediction(prediction: Prediction): string {
  const totals = formatFacts([
    ['latency', `${formatCount(prediction.latencyCycles)} cycles at ${prediction.clockMegahertz} MHz = ${formatQuantity(prediction.latencySeconds, 's')} (${prediction.mode} mode)`],
    ['throughput', `${formatQuantity(prediction.throughputPerSecond, 'inferences/s')}`],
    ['energy', `${formatQuantity(prediction.energyPicojoules * 1e-12, 'J')} per inference`],
    ['power', formatQuantity(prediction.powerMilliwatts * 1e-3, 'W')],
    ['resources', formatResources(prediction.resources)],
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
  if (prediction.notCosted.length > 0) {
    sections.push(`Not in these figures:\n${prediction.notCosted.map(({ name, operator, reason }) => `  ${name} (${operator}): ${reason}`).join('\n')}`);
  }
  return sections.join('\n\n');
}
