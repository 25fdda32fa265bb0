import type { Technology } from '../chip/index.js';
import { numbers, type Arithmetic, type ResourceEstimate, type ValuesOf } from '../prediction/index.js';
import { explainFigure } from './technology-file.js';
import { figure, type FigureName } from './technology-figures.js';

/**
 * Leakage of a chip, in milliwatts. An FPGA leaks as a whole, whatever part of it is used (`staticDevice`); an ASIC
 * leaks by its area (`staticPerSquareMillimetre`).
 */
export function staticPower<Value>(
  math: Arithmetic<Value>,
  resources: ValuesOf<ResourceEstimate, Value>,
  technology: Technology,
): Value {
  const known = (name: FigureName): Value => {
    const entry = figure(technology, name);
    return math.known(name, entry.value, explainFigure(name, entry));
  };
  if ('staticDevice' in technology.figures) return known('staticDevice');
  const area =
    resources.areaSquareMillimetres ??
    math.constant('area', 0, { unit: 'mm2', kind: 'given', source: 'the hardware has none' });
  return math.apply('product', 'static power', 'mW', [known('staticPerSquareMillimetre'), area]);
}

/** `staticPower` in numbers. */
export function staticPowerMilliwatts(resources: ResourceEstimate, technology: Technology): number {
  return staticPower(numbers, resources, technology);
}
