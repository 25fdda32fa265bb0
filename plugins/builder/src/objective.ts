import type { Objective, Prediction } from '@autodnnchip/core';

/** What the search makes small: seconds, picojoules, or their product, per inference. */
export function objectiveValue(prediction: Prediction, objective: Objective): number {
  switch (objective) {
    case 'latency':
      return prediction.latencySeconds;
    case 'energy':
      return prediction.energyPicojoules;
    case 'edp':
      return prediction.latencySeconds * prediction.energyPicojoules;
  }
}
