import type { LayerLimit, UnitCycles } from '@autodnnchip/core';

import type { UnitName } from '../timing/run-timing.js';

/** Share of a layer's time that its busiest unit must work for the unit, and not waiting, to be what limits it. */
const limitingShare = 0.6;

/**
 * What limits a layer: the unit that is busy most of its time. An engine that is held up by its requantisers, not by its
 * window steps, is limited by them.
 */
export function layerLimit(units: Readonly<Record<UnitName, Pick<UnitCycles, 'busyCycles'>>>, latencyCycles: number, requantizeBound: boolean): LayerLimit {
  const engine = Math.max(units.conv.busyCycles, units.lane.busyCycles);
  const busiest = Math.max(engine, units.load.busyCycles, units.store.busyCycles);
  if (busiest < limitingShare * latencyCycles) return 'latency';
  if (engine === busiest) return requantizeBound ? 'requantize' : 'compute';
  // The load unit counts as busy while its bursts are under way: an engine that is nearly as busy is the tighter limit.
  if (engine >= 0.95 * busiest) return requantizeBound ? 'requantize' : 'compute';
  return units.load.busyCycles === busiest ? 'memoryRead' : 'memoryWrite';
}
