import type { EngineMemories } from '@autodnnchip/core/engine';

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
  const filled = (length: number): Int8Array => {
    const bytes = new Int8Array(length);
    for (let index = 0; index < length; index++) bytes[index] = fill();
    return bytes;
  };
  const engines = chip.engines.map(({ buffers, memories }): EngineMemories =>
    Object.fromEntries([
      ...buffers.map(({ id, depth, banks }) => [id, filled(depth * banks * configuration.channelBlock)] as const),
      ...memories.map(({ id, depth, widthBits }) => [id, filled((depth * widthBits) / 8)] as const),
    ]),
  );
  return { configuration, chip, engines, memory: new Int8Array(memory.buffer, memory.byteOffset, memory.byteLength) };
}
