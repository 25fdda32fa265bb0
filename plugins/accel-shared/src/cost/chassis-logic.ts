import { selectorLuts, type FpgaFamily } from '@autodnnchip/core';

import { chipOf } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import { chassisCoefficients } from './chassis-coefficients.js';
import { loadAddressBits, storeAddressBits } from './queues.js';

/** Linear in every coefficient: `bench/synthesis/accel-shared-fit.ts` fits them. */
export interface ChassisCoefficients {
  /** Dispatcher, gates of the queues, burst splitters, counters, registers. */
  readonly lutBase: number;
  readonly ffBase: number;
  readonly ffPerAddressBit: number;
}

/**
 * Logic of the chassis on an FPGA: dispatcher, load and store unit, recorder, registers; what holds the bits of queues
 * and memories is counted by itself.
 */
export function chassisLogic(
  c: AccelSharedConfiguration,
  family: FpgaFamily,
  coefficients: ChassisCoefficients = chassisCoefficients[family === 'xcup' ? 'xcup' : 'ecp5'],
): { readonly lut: number; readonly ff: number } {
  const wordBits = 8 * c.channelBlock;
  const addressBits = loadAddressBits(c) + storeAddressBits(c);
  const banks = chipOf(c).loadBuffers.reduce(
    (sum, buffer) =>
      buffer.copies !== 0 && (buffer.banks > 1 || buffer.bankOrder === 'planes') ? sum + buffer.banks : sum,
    0,
  );
  const beats = c.channelBlock / c.busBytes;
  return {
    // The choice of the store unit's buffer, write enables of the load unit's banks, parts of a word for the bus.
    lut:
      coefficients.lutBase +
      wordBits +
      banks * (family === 'xcup' ? 1 : 2) +
      8 * c.busBytes * selectorLuts(beats, family),
    // An instruction and a word being put together.
    ff:
      wordBits * (instructionWords(c) + 1) +
      counterBits(c) +
      coefficients.ffBase +
      coefficients.ffPerAddressBit * addressBits,
  };
}

/** Counters and indices whose width follows from the configuration. */
function counterBits(c: AccelSharedConfiguration): number {
  const programWords = c.programBlock * instructionWords(c);
  const beats = c.channelBlock / c.busBytes;
  return (
    chipOf(c).units.length * queueCounterBits(c.queueDepth) +
    queueCounterBits(c.outstandingReads + 2) +
    bitsToCount(c.outstandingReads) +
    // Dispatcher: word, instruction of a block, word of an instruction. Load and store unit: beat of a word.
    Math.ceil(Math.log2(2 * programWords)) +
    bitsToCount(c.programBlock) +
    bitsToCount(instructionWords(c) + 2) +
    2 * Math.ceil(Math.log2(beats))
  );
}

/** Both indices and the count of a queue. */
function queueCounterBits(depth: number): number {
  return 2 * Math.ceil(Math.log2(depth)) + bitsToCount(depth);
}

/** Bits that hold 0 to `count`. */
function bitsToCount(count: number): number {
  return Math.ceil(Math.log2(count + 1));
}
