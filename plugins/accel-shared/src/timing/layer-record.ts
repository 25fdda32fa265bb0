import type { UnitCycles } from '@autodnnchip/core';

import { unitNames, type LayerTiming, type UnitName } from './run-timing.js';

/** Counters of a unit in the order in which a record has them. */
const counterNames = ['busyCycles', 'waitInputCycles', 'waitOutputCycles'] as const satisfies readonly (keyof UnitCycles)[];

/** Words of the record that the chip makes when a layer ends: the cycle counter, then each unit's counters. */
export const recordNames: readonly string[] = ['cycles', ...unitNames.flatMap((unit) => counterNames.map((counter) => `${unit}.${counter}`))];

/** A record as the chip writes it. */
export function encodeRecord({ endCycle, units }: LayerTiming): number[] {
  return [endCycle, ...unitNames.flatMap((unit) => counterNames.map((counter) => units[unit][counter]))];
}

/** What a record says. */
export function decodeRecord(record: ArrayLike<number>): LayerTiming {
  const units = unitNames.map((unit, index): [UnitName, UnitCycles] => {
    const [busyCycles, waitInputCycles, waitOutputCycles] = counterNames.map((_, counter) => record[1 + index * counterNames.length + counter] ?? 0);
    return [unit, { busyCycles, waitInputCycles, waitOutputCycles }];
  });
  return { endCycle: record[0] ?? 0, units: Object.fromEntries(units) as Record<UnitName, UnitCycles> };
}

/** Counters from one record to the next. */
export function unitDifference(now: UnitCycles, before: UnitCycles | undefined): UnitCycles {
  return {
    busyCycles: now.busyCycles - (before?.busyCycles ?? 0),
    waitInputCycles: now.waitInputCycles - (before?.waitInputCycles ?? 0),
    waitOutputCycles: now.waitOutputCycles - (before?.waitOutputCycles ?? 0),
  };
}
