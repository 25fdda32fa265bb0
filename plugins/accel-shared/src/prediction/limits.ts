import type { LayerLimit } from '@autodnnchip/core';

import { loadUnit, type Chip } from '../chip/chip.js';

/** Share of a layer's time that its busiest unit must work for the unit, and not waiting, to be what limits it. */
const limitingShare = 0.6;

/**
 * What limits a layer, from the busy cycles of the units: the unit that is busy most of its time. An engine that is
 * held up by its requantisers, not by its window steps, is limited by them.
 */
export function layerLimit(
  { storeUnit }: Chip,
  busyCycles: readonly number[],
  latencyCycles: number,
  requantizeBound: boolean,
): LayerLimit {
  const engine = Math.max(...busyCycles.slice(loadUnit + 1, storeUnit));
  const busiest = Math.max(...busyCycles);
  if (busiest < limitingShare * latencyCycles) return 'latency';
  if (engine === busiest) return requantizeBound ? 'requantize' : 'compute';
  // The load unit counts as busy while its bursts are under way: an engine that is nearly as busy is the tighter limit.
  if (engine >= 0.95 * busiest) return requantizeBound ? 'requantize' : 'compute';
  return busyCycles[loadUnit] === busiest ? 'memoryRead' : 'memoryWrite';
}
