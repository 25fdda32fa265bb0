import { signalName } from '@autodnnchip/core/engine';

import type { Chip } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';

/** What all parts of the top module are written from. */
export interface TopLayout {
  readonly chip: Chip;
  readonly configuration: AccelSharedConfiguration;
  /** Layers whose records the chip keeps. */
  readonly recordLayers: number;
  /** Bits of a word, and of the number of a bank of any buffer that loads fill. */
  readonly wordBits: number;
  readonly bankBits: number;
  /** A unit's name in signals. */
  unitName(unit: number): string;
}

export function topLayout(chip: Chip, configuration: AccelSharedConfiguration, recordLayers: number): TopLayout {
  const mostBanks = Math.max(...chip.loadBuffers.map(({ banks }) => banks));
  return {
    chip,
    configuration,
    recordLayers,
    wordBits: 8 * configuration.channelBlock,
    bankBits: Math.ceil(Math.log2(mostBanks + 1)),
    unitName: unit => signalName(chip.units[unit].name),
  };
}
