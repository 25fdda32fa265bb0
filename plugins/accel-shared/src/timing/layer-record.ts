import type { UnitCycles } from '@autodnnchip/core';

import type { Chip } from '../chip/chip.js';
import type { LayerTiming } from './run-timing.js';

/** Counters of a unit in the order in which a record has them. */
const counterNames = [
  'busyCycles',
  'waitInputCycles',
  'waitOutputCycles',
] as const satisfies readonly (keyof UnitCycles)[];

/** Words of the record that the chip makes when a layer ends: the cycle counter, then each unit's counters. */
export function recordNames({ units }: Chip): readonly string[] {
  return ['cycles', ...units.flatMap(({ name }) => counterNames.map(counter => `${name}.${counter}`))];
}

/** Words of such a record. */
export function recordLength({ units }: Chip): number {
  return 1 + counterNames.length * units.length;
}

/** A record as the chip writes it. */
export function encodeRecord({ endCycle, units }: LayerTiming): number[] {
  return [endCycle, ...units.flatMap(unit => counterNames.map(counter => unit[counter]))];
}

/** What a record says. */
export function decodeRecord({ units }: Chip, record: ArrayLike<number>): LayerTiming {
  return {
    endCycle: record[0] ?? 0,
    units: units.map((_, index): UnitCycles => {
      const [busyCycles, waitInputCycles, waitOutputCycles] = counterNames.map(
        (_counter, counter) => record[1 + index * counterNames.length + counter] ?? 0,
      );
      return { busyCycles, waitInputCycles, waitOutputCycles };
    }),
  };
}

/** Counters from one record to the next. */
export function unitDifference(now: UnitCycles, before: UnitCycles | undefined): UnitCycles {
  return {
    busyCycles: now.busyCycles - (before?.busyCycles ?? 0),
    waitInputCycles: now.waitInputCycles - (before?.waitInputCycles ?? 0),
    waitOutputCycles: now.waitOutputCycles - (before?.waitOutputCycles ?? 0),
  };
}
