import type { AcceleratorMetrics, AcceleratorPrediction, Network } from '@autodnnchip/core';
import { isTotal, type Measurement } from './measurements.js';

/** The nodes that a row is about: one, or several joined by `+` (`;` will do), where no node has the whole as its name. */
export function namedNodes(layer: string, network: Network): readonly string[] {
  if (network.operators.some(({ name }) => name === layer)) return [layer];
  return layer.split(/[+;]/).map((name) => name.trim()).filter((name) => name !== '');
}

/** A figure of a row in base units, or why there is none. Several nodes: that of their sum. */
export function figureOf(prediction: AcceleratorPrediction, measurement: Measurement, network: Network): number | string {
  const { layer, metric, platform } = measurement;
  if (isTotal(measurement)) return checked(Object.hasOwn(prediction.total, metric) ? prediction.total[metric] : undefined, metric, platform, 'the network');
  const parts: AcceleratorMetrics[] = [];
  const together: string[] = [];
  const nodes = namedNodes(layer, network);
  for (const node of new Set(nodes)) {
    const metrics = prediction.layers.get(node);
    if (metrics !== undefined) { parts.push(metrics); continue; }
    const refused = prediction.prediction.notCosted.find(({ name }) => name === node)?.reason;
    if (refused !== undefined) return nodes.length === 1 ? refused : `${node}: ${refused}`;
    if (!network.operators.some(({ name }) => name === node)) return `the network has no layer ${node}`;
    together.push(node);
  }
  if (parts.length === 0) return `${together.join(', ')} is computed together with another layer and has no ${metric} of its own here`;
  return checked(combined(parts, metric), metric, platform, layer);
}

function checked(value: number | undefined, metric: string, platform: string, what: string): number | string {
  if (value === undefined) return `the model of ${platform} gives no ${metric}`;
  if (value === 0) return `${what} takes no ${metric} of its own on ${platform}: it is merged into other layers or only a matter of addresses`;
  return Number.isFinite(value) && value > 0 ? value : `the model of ${platform} gives ${value} as ${metric}`;
}

/** Power and busy elements are means over time, everything else adds up. */
const means: ReadonlySet<string> = new Set(['power', 'active_pes']);

function combined(parts: readonly AcceleratorMetrics[], metric: string): number | undefined {
  const values = parts.map((part) => (Object.hasOwn(part, metric) ? part[metric] : undefined));
  if (values.some((value) => value === undefined)) return undefined;
  const weights = parts.map(({ latency = 0 }) => (means.has(metric) ? latency : 1));
  const sum = values.reduce<number>((total, value, index) => total + (value ?? 0) * weights[index], 0);
  return means.has(metric) && parts.length > 1 ? sum / weights.reduce((total, weight) => total + weight, 0) : means.has(metric) ? values[0] : sum;
}
