import { createEngineMemories, type EngineMemories } from '@autodnnchip/core/engine';

import { chipOf, type Chip } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';

/** Memories of the chip and the external memory, as bytes. */
export interface ChipState {
  readonly configuration: AccelSharedConfiguration;
  readonly chip: Chip;
  readonly memory: Int8Array;
  /** By engine. */
  readonly engines: readonly EngineMemories[];
}

/** Memories of a configuration; their first content comes from `fill`, since a right program never reads it. */
export function createChipState(
  configuration: AccelSharedConfiguration,
  memory: Uint8Array,
  fill: () => number,
): ChipState {
  const chip = chipOf(configuration);
  const engines = chip.engines.map(engine => createEngineMemories(engine, configuration.channelBlock, fill));
  return { configuration, chip, engines, memory: new Int8Array(memory.buffer, memory.byteOffset, memory.byteLength) };
}
