import type { Engine } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../configuration.js';
import { convEngine } from './conv/conv-engine.js';
import { laneEngine } from './lane/lane-engine.js';

/** Engines of a chip, in the order of their units. */
export function enginesOf(configuration: AccelSharedConfiguration): readonly Engine[] {
  return [convEngine(configuration), laneEngine(configuration)];
}
