import type { Platform } from '../chip/index.js';
import type { ResourceEstimate } from '../prediction/index.js';

/** What a predicted area holds; undefined where there is none. Areas of two of these texts are not to be compared. */
export function predictedAreaHolds(
  { areaSquareMillimetres }: ResourceEstimate,
  platform: Platform | undefined,
): string | undefined {
  if (areaSquareMillimetres === undefined || platform === undefined) return undefined;
  if (platform.accelerator !== undefined)
    return `the accelerator as published, ${platform.technology.processNanometres} nm`;
  const { name, processNanometres } = platform.technology;
  return `logic and SRAM, ${processNanometres} nm (${name}); logic as gates for the LUTs of the same RTL`;
}

/** What an area from synthesis holds: the process is that of the cells, which the library does not tell. */
export function cellAreaHolds(
  { areaSquareMillimetres, sramBytes }: ResourceEstimate,
  libertyPath: string | undefined,
): string | undefined {
  if (areaSquareMillimetres === undefined) return undefined;
  const macros = sramBytes === undefined ? '' : `, SRAM macros of ${sramBytes.toLocaleString('en-US')} bytes not in it`;
  return `cells of ${libertyPath ?? 'the library'} alone${macros}`;
}
