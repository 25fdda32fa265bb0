/** A number with its unit. `source` says where it was published or measured. */
export interface Quantity<Unit extends string> {
  readonly value: number;
  readonly unit: Unit;
  readonly source?: string;
}

/** Energy units in picojoules. */
export const energyUnits = { fJ: 1e-3, pJ: 1, nJ: 1e3, uJ: 1e6, mJ: 1e9, J: 1e12 } as const;
/** Power units in watts. */
export const powerUnits = { nW: 1e-9, uW: 1e-6, mW: 1e-3, W: 1 } as const;
/** Frequency units in hertz. */
export const frequencyUnits = { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 } as const;
/**
 * Units of data in bits; the bits of an `element` are the precision of the edge, those of a `token` its volume over its
 * tokens.
 */
export const dataUnits = { bit: 1, byte: 8, KiB: 8 * 1024, MiB: 8 * 1024 ** 2, GiB: 8 * 1024 ** 3 } as const;

export type EnergyUnit = keyof typeof energyUnits;
export type PowerUnit = keyof typeof powerUnits;
export type FrequencyUnit = keyof typeof frequencyUnits;
export type DataUnit = keyof typeof dataUnits | 'element';
export type CapacityUnit = DataUnit | 'token';

export function toHertz(frequency: Quantity<FrequencyUnit>): number {
  return frequency.value * frequencyUnits[frequency.unit];
}

/** The unit names of a table, for schemas. */
export function unitNames<Unit extends string>(units: Readonly<Record<Unit, number>>): readonly [Unit, ...Unit[]] {
  return Object.keys(units) as unknown as readonly [Unit, ...Unit[]];
}
