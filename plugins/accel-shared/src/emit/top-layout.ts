import type { EngineBuffer } from '@autodnnchip/core/engine';

import type { Chip } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import { signalName } from './system-verilog.js';

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

/**
 * Bits of a row at an engine's read port: the buffer's words side by side, for each copy. A buffer of no copies is read
 * as one of zeros.
 */
export function readPort(
  { banks, storedBits, copies = 1 }: EngineBuffer,
  wordBits: number,
): { readonly addresses: number; readonly dataBits: number; readonly keptBits: number } {
  const addresses = Math.max(1, copies);
  const keptBits = storedBits ?? wordBits;
  return { addresses, dataBits: addresses * banks * keptBits, keptBits };
}
