import type { FpgaFamily } from './memory-library.js';

/**
 * LUTs that choose one of `choices` bits by a binary number: on UltraScale+ a LUT6 takes four and its slice's
 * multiplexers join several; four-input LUTs take two each. An estimate, as synthesis may merge the choice with what
 * follows.
 */
export function selectorLuts(choices: number, family: FpgaFamily): number {
  if (choices <= 1) return 0;
  if (family === 'xcup') return choices <= 4 ? 1 : 0.3125 * choices;
  return choices / 2;
}
