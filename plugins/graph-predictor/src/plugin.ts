import { Definitions, definePlugin, GraphPredictor } from '@autodnnchip/core';
import { createGraphPredictor } from './predict-graph.js';

/** Provides predictions of chips that are given as graphs. */
export const graphPredictor = definePlugin(() => ({
  name: '@autodnnchip/plugin-graph-predictor',
  apiVersion: 1,
  apply(chip) {
    chip.bind(GraphPredictor, [Definitions], createGraphPredictor);
  },
}));
