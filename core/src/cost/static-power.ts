import type { Technology } from '../chip/index.js';
import type { ResourceEstimate } from '../prediction/index.js';
import { figureValue } from './technology-figures.js';

/**
 * Leakage of a chip, in milliwatts. An FPGA leaks as a whole, whatever part of it is used (`staticDevice`); an ASIC
 * leaks by its area (`staticPerSquareMillimetre`).
 */
export function staticPowerMilliwatts(resources: ResourceEstimate, technology: Technology): number {
  if ('staticDevice' in technology.figures) return figureValue(technology, 'staticDevice');
  return figureValue(technology, 'staticPerSquareMillimetre') * (resources.areaSquareMillimetres ?? 0);
}
