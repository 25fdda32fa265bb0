import type { AcceleratorMetrics, AcceleratorPrediction, Network } from '@autodnnchip/core';
import { isTotal, type Measurement } from './measurements.js';

/** Joins the names of several nodes in a row. */
const joint = /([+;])/;

/**
 * The nodes that a row names: one, or several joined by `+` (`;` will do). A name of the network that holds such a sign
 * is one name.
 */
function namedNodes(text: string, isName: (name: string) => boolean, longestName: number): readonly string[] {
  const parts = text.split(joint);
  const names: string[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    let joined = parts[index];
    let [name, last] = [joined.trim(), index];
    for (let end = index + 2; end < parts.length && joined.trim().length < longestName; end += 2) {
      joined += parts[end - 1] + parts[end];
      if (isName(joined.trim())) [name, last] = [joined.trim(), end];
    }
    index = last;
    if (name !== '') names.push(name);
  }
  return [...new Set(names)];
}

/**
 * The layers of a prediction that a row is the sum of, by the account of the nodes that it names: of nodes of the model
 * file as well as of operators. Or why there is no such sum: a name that is not there, a node that no figure covers, or
 * one whose work is in the time of a layer that the row does not name. Undefined: the row is about the whole network.
 */
export function layersOf(
  { layer }: Measurement,
  { nodes, layers }: AcceleratorPrediction,
  network: Network,
): readonly string[] | string | undefined {
  if (isTotal({ layer })) return undefined;
  const accounts = new Map(nodes.map(account => [account.name, account]));
  const became = new Map((network.nodes ?? []).map(node => [node.name, node.became]));
  const longestName = Math.max(
    0,
    ...[...accounts.keys(), ...layers.keys()].filter(name => joint.test(name)).map(({ length }) => length),
  );
  const names = namedNodes(layer, name => accounts.has(name) || layers.has(name), longestName);
  if (names.length === 0) return `the row names no node: '${layer}'`;
  const several = names.length > 1;
  const found = new Set<string>();
  const elsewhere: { readonly name: string; readonly layer: string }[] = [];
  for (const name of names) {
    const account = accounts.get(name);
    for (const own of [name, ...(became.get(name) ?? [])]) if (layers.has(own)) found.add(own);
    if (account === undefined && !layers.has(name)) return `unmatched: the network has no node ${name}`;
    if (account?.fate === 'notCosted') return several ? `${name}: ${account.reason}` : account.reason;
    if (account?.fate === 'costed') found.add(account.layer);
    if (account?.fate === 'merged') elsewhere.push({ name, layer: account.layer });
    if (account?.fate === 'folded' && !several) return `${name} takes no time of its own: ${account.reason}`;
  }
  const outside = elsewhere.find(merged => !found.has(merged.layer));
  if (outside !== undefined)
    return `${outside.name} is computed together with ${outside.layer}, which the row does not name`;
  if (found.size === 0) return `${names.join(', ')}: nothing of it takes time of its own`;
  return [...found];
}

/**
 * A figure of a row in base units, or why there is none. Several layers: that of their sum; undefined: that of the
 * network.
 */
export function figureOf(
  { total, layers: byLayer }: AcceleratorPrediction,
  { layer, metric, platform }: Measurement,
  layers: readonly string[] | undefined,
): number | string {
  if (layers === undefined)
    return checked(Object.hasOwn(total, metric) ? total[metric] : undefined, metric, platform, 'the network');
  return checked(
    combined(
      layers.map(name => byLayer.get(name) ?? {}),
      metric,
    ),
    metric,
    platform,
    layer,
  );
}

function checked(value: number | undefined, metric: string, platform: string, what: string): number | string {
  if (value === undefined) return `the model of ${platform} gives no ${metric}`;
  if (value === 0)
    return `${what} takes no ${metric} of its own on ${platform}: it is merged into other layers or only a matter of addresses`;
  return Number.isFinite(value) && value > 0 ? value : `the model of ${platform} gives ${value} as ${metric}`;
}

/** Power and busy elements are means over time, everything else adds up. */
const means: ReadonlySet<string> = new Set(['power', 'active_pes']);

function combined(parts: readonly AcceleratorMetrics[], metric: string): number | undefined {
  const values = parts.map(part => (Object.hasOwn(part, metric) ? part[metric] : undefined));
  if (values.some(value => value === undefined)) return undefined;
  const weights = parts.map(({ latency = 0 }) => (means.has(metric) ? latency : 1));
  const sum = values.reduce<number>((total, value, index) => total + (value ?? 0) * weights[index], 0);
  return means.has(metric) && parts.length > 1
    ? sum / weights.reduce((total, weight) => total + weight, 0)
    : means.has(metric)
      ? values[0]
      : sum;
}
