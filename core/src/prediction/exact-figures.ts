import { ChipError } from '../errors/index.js';
import type { LayerPrediction, Prediction } from './prediction.js';

/** Figures that count something, and stop being exact beyond 2^53. */
const counted = [
  'latencyCycles',
  'multiplyAccumulates',
  'readBytes',
  'writtenBytes',
] as const satisfies readonly (keyof LayerPrediction)[];

/**
 * Returns the prediction where all that it counts is counted exactly. Throws ADC3503 where a figure is too large for
 * that or infinite, as shapes of a network can make it, and ADC3504 where it is below 0 or no number, which no network
 * should.
 */
export function requireExactFigures(prediction: Prediction): Prediction {
  requireExact(prediction.latencyCycles, 'latencyCycles of the network');
  for (const layer of prediction.layers)
    for (const figure of counted) requireExact(layer[figure], `${figure} of layer ${layer.name}`, layer.name);
  for (const figure of ['energyPicojoules', 'powerMilliwatts', 'throughputPerSecond'] as const) {
    if (!Number.isFinite(prediction[figure])) throw beyond(`${figure} of the network`, prediction[figure]);
  }
  return prediction;
}

function requireExact(value: number, what: string, node?: string): void {
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw beyond(what, value, node);
}

function beyond(what: string, value: number, node?: string): ChipError {
  if (!(value >= 0)) {
    return new ChipError('ADC3504', `${what} would be ${value}, which cannot be`, {
      ...(node === undefined ? {} : { location: { node } }),
      hint: 'Please report it with the network, the platform and the settings.',
    });
  }
  return new ChipError('ADC3503', `${what} would be ${value}; figures are exact from 0 to 2^53 only`, {
    ...(node === undefined ? {} : { location: { node } }),
    hint: 'Check the shapes of the network: no chip runs this.',
  });
}
