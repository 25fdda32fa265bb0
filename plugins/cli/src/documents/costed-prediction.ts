import { missingFigures, type Prediction } from '@autodnnchip/core';

/** A prediction as documents have it: null in the place of a figure that nothing stands behind. */
export function costedPrediction(prediction: Prediction) {
  const { time, energy } = missingFigures(prediction);
  const ofTime = (value: number): number | null => (time === undefined ? value : null);
  const ofEnergy = <Holder extends { readonly energyPicojoules: number }>(holder: Holder) => ({
    ...holder,
    energyPicojoules: energy === undefined ? holder.energyPicojoules : null,
  });
  return {
    ...ofEnergy(prediction),
    latencyCycles: ofTime(prediction.latencyCycles),
    latencySeconds: ofTime(prediction.latencySeconds),
    throughputPerSecond: ofTime(prediction.throughputPerSecond),
    powerMilliwatts: energy === undefined ? prediction.powerMilliwatts : null,
    blocks: prediction.blocks.map(ofEnergy),
    layers: prediction.layers.map(ofEnergy),
  };
}
