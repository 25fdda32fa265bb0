import { fusedMultiplyAdd, roundHalfEven, type AdditionConstants } from '@autodnnchip/core';
import type { ValueTable } from '@autodnnchip/core/engine';

/** Operands of a quantised addition as bytes: value = stored byte + offset. */
export interface StoredAddition extends AdditionConstants {
  readonly offsetA: number;
  readonly offsetB: number;
  /** Subtracted from the result before it is stored. */
  readonly offsetResult: number;
  /** Clamp range as stored. */
  readonly low: number;
  readonly high: number;
}

/**
 * Distance from the nearest integer above which rounding twice may give another integer; float32 is finer than this
 * below 2^13.
 */
const nearTie = 0.499;
const shifts = [22, 23, 21, 24, 20, 19, 18, 17, 16, 15, 14, 13, 12];
const multiplierLimit = 2 ** 26;
const entryLimit = 2 ** 31;

/** Fixed-point form of an addition. */
export interface AdditionTable {
  readonly table: ValueTable;
  /** True when a indexes the table and b is multiplied. */
  readonly swapped: boolean;
}

/**
 * Fixed-point form of a quantised addition that equals the float32 rule for all 65,536 pairs of operands, or undefined
 * where there is none: for each b, the integers that are right for every a form an interval; the table takes the one
 * nearest to the exact value.
 */
export function additionTable(addition: StoredAddition): AdditionTable | undefined {
  const targets = additionTargets(addition);
  const straight = tableForTargets(addition, targets);
  if (straight !== undefined) return { table: straight, swapped: false };
  const { ratioA, ratioB, offsetA, offsetB } = addition;
  const exchanged = tableForTargets(
    { ...addition, ratioA: ratioB, ratioB: ratioA, offsetA: offsetB, offsetB: offsetA },
    transposed(targets),
  );
  return exchanged === undefined ? undefined : { table: exchanged, swapped: true };
}

function tableForTargets(addition: StoredAddition, targets: Int8Array): ValueTable | undefined {
  for (const shift of shifts) {
    const table = tableForShift(addition, targets, shift);
    if (table !== undefined) return table;
  }
  return undefined;
}

function transposed(targets: Int8Array): Int8Array {
  const result = new Int8Array(65536);
  for (let row = 0; row < 256; row++)
    for (let column = 0; column < 256; column++) result[column * 256 + row] = targets[row * 256 + column];
  return result;
}

/** Stored results of all pairs: index (b + 128) * 256 + a + 128. */
function additionTargets(addition: StoredAddition): Int8Array {
  const { ratioA, ratioB, offset, offsetA, offsetB, offsetResult, low, high } = addition;
  const targets = new Int8Array(65536);
  for (let b = -128; b < 128; b++) {
    const inner = fusedMultiplyAdd(b + offsetB, ratioB, offset);
    const base = (b + 128) * 256 + 128;
    for (let a = -128; a < 128; a++) {
      // The product is exact and its sum with `inner` nearly so; only next to a tie can the second rounding matter.
      const sum = Math.fround((a + offsetA) * ratioA + inner);
      let value = roundHalfEven(sum);
      if (Math.abs(sum - value) > nearTie) value = roundHalfEven(fusedMultiplyAdd(a + offsetA, ratioA, inner));
      value -= offsetResult;
      targets[base + a] = value < low ? low : value > high ? high : value;
    }
  }
  return targets;
}

function tableForShift(addition: StoredAddition, targets: Int8Array, shift: number): ValueTable | undefined {
  const unit = 2 ** shift;
  const multiplier = Math.round(addition.ratioA * unit);
  if (multiplier >= multiplierLimit) return undefined;
  const entries = new Int32Array(256);
  for (let b = -128; b < 128; b++) {
    const exact = Math.round(
      (addition.offset +
        (b + addition.offsetB) * addition.ratioB +
        addition.offsetA * addition.ratioA -
        addition.offsetResult) *
        unit,
    );
    const interval = feasibleInterval(
      targets.subarray((b + 128) * 256, (b + 129) * 256),
      addition,
      multiplier,
      unit / 2,
    );
    const entry = Math.min(Math.max(exact, interval.lowest), interval.highest);
    if (interval.lowest > interval.highest || entry >= entryLimit || entry < -entryLimit) return undefined;
    entries[b & 255] = entry;
  }
  return { multiplier, shift, entries };
}

/** Integers T with clamp(roundHalfEven((a * multiplier + T) / (2 * half))) = target for all a. */
function feasibleInterval(
  targets: Int8Array,
  range: { low: number; high: number },
  multiplier: number,
  half: number,
): { lowest: number; highest: number } {
  let lowest = -Infinity;
  let highest = Infinity;
  for (let index = 0; index < 256; index++) {
    const target = targets[index];
    // Only the ends of runs of equal targets bind.
    const product = (index - 128) * multiplier;
    const odd = target & 1;
    if (target > range.low && (index === 0 || targets[index - 1] !== target))
      lowest = Math.max(lowest, (2 * target - 1) * half + odd - product);
    if (target < range.high && (index === 255 || targets[index + 1] !== target))
      highest = Math.min(highest, (2 * target + 1) * half - odd - product);
  }
  return { lowest, highest };
}
