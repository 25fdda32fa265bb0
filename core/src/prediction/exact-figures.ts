import { ChipError } from '../errors/index.js';
import type { LayerPrediction, Prediction } from './prediction.js';

/** Figures that count something, and stop being exact beyond 2^53. */
const counted = ['latencyCycles', 'multiplyAccumulates', 'readBytes', 'writtenBytes'] as const satisfies readonly (keyof LayerPrediction)[];

/** Returns the prediction where all that it counts is counted exactly; throws ADC3503 where a figure is beyond that or not finite. */
export function requireExactFigures(prediction: Prediction): Prediction {
  requireExact(prediction.latencyCycles, 'latencyCycles of the network');
  for (const layer of prediction.layers) for (const figure of counted) requireExact(layer[figure], `${figure} of layer ${layer.name}`, layer.name);
  for (const figure of ['energyPicojoules', 'powerMilliwatts', 'throughputPerSecond'] as const) {
    if (!Number.isFinite(prediction[figure])) throw beyond(`${figure} of the network`, prediction[figure]);
  }
  return prediction;
}

function requireExact(value: number, what: string, node?: string): void {
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw beyond(what, value, node);
}

function beyond(what: string, value: number, node?: string): ChipError {
  return new ChipError('ADC3503', `${what} would be ${value}; figures are exact from 0 to 2^53 only`, {
    ...(node === undefined ? {} : { location: { node } }), hint: 'Check the shapes of the network: no chip runs this.',
  });
}
