/** What a metric measures. */
type Dimension = 'time' | 'power' | 'energy' | 'data' | 'count';

const dimensions: Readonly<Record<string, Dimension>> = {
  latency: 'time',
  processing_latency: 'time',
  power: 'power',
  energy: 'energy',
  dram_traffic: 'data',
  glb_traffic: 'data',
  active_pes: 'count',
};

/**
 * How many base units (s, W, J, B, 1) of a metric one `unit` is; undefined for a unit that is not known, or that
 * measures something else than the metric does. Of metrics that are not listed here, models know the unit.
 */
export function inUnit(metric: string, unit: string, clockMegahertz: number, megabyteBytes = 1e6): number | undefined {
  const units: Readonly<Record<Dimension, Readonly<Record<string, number>>>> = {
    time: { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, cycles: 1 / (clockMegahertz * 1e6) },
    power: { W: 1, mW: 1e-3 },
    energy: { J: 1, mJ: 1e-3, uJ: 1e-6, nJ: 1e-9, pJ: 1e-12 },
    data: { bytes: 1, B: 1, KB: 1e3, kB: 1e3, MB: megabyteBytes, GB: 1e9 },
    count: { count: 1 },
  };
  const known: Readonly<Record<string, number>> = Object.hasOwn(dimensions, metric)
    ? units[dimensions[metric]]
    : Object.assign({}, ...Object.values(units));
  return Object.hasOwn(known, unit) ? known[unit] : undefined;
}
