/** How many base units (s, W, J, B, 1) one `unit` is; undefined for a unit that is not known. */
export function inUnit(unit: string, clockMegahertz: number, megabyteBytes = 1e6): number | undefined {
  const units: Readonly<Record<string, number>> = {
    's': 1, 'ms': 1e-3, 'us': 1e-6, 'cycles': 1 / (clockMegahertz * 1e6),
    'W': 1, 'mW': 1e-3, 'J': 1, 'mJ': 1e-3, 'uJ': 1e-6,
    'bytes': 1, 'KB': 1e3, 'MB': megabyteBytes, 'count': 1,
  };
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}
