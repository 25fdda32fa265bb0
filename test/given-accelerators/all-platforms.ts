import {
  AcceleratorPredictor,
  createAutoDNNchip,
  type AcceleratorPrediction,
  type Network,
  type Platform,
} from '@autodnnchip/core';
import { dpu } from '@autodnnchip/platform-dpu';
import { edgeTpu } from '@autodnnchip/platform-edge-tpu';
import { eyeriss } from '@autodnnchip/platform-eyeriss';
import { jetson } from '@autodnnchip/platform-jetson';
import { shidiannao } from '@autodnnchip/platform-shidiannao';
import { importOnnx } from '@autodnnchip/plugin-frontend-onnx';
import { givenAccelerators } from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import { encodeModel, type ModelSpec } from '../frontend-onnx/onnx-writer.js';

const chip = createAutoDNNchip({
  plugins: [dpu(), edgeTpu(), eyeriss(), jetson(), shidiannao(), graphPredictor(), givenAccelerators()],
});

/** All accelerators that exist. */
export const platforms: readonly Platform[] = chip.definitions.platforms.list();

/** A model as if it had been read from a file for prediction. */
export function networkOf(spec: ModelSpec): Network {
  return importOnnx('model.onnx', encodeModel(spec), { weights: false });
}

export function predict(network: Network | ModelSpec, platform: string, batch?: number): AcceleratorPrediction {
  const prepared = chip
    .get(AcceleratorPredictor)
    .prepare('operators' in network ? network : networkOf(network), chip.definitions.platforms.get(platform));
  return prepared.predict({}, batch === undefined ? {} : { batch });
}

/** By layer, those that multiply. */
export function products({ prediction }: AcceleratorPrediction): Readonly<Record<string, number>> {
  return Object.fromEntries(
    prediction.layers
      .filter(({ multiplyAccumulates }) => multiplyAccumulates > 0)
      .map(({ name, multiplyAccumulates }) => [name, multiplyAccumulates]),
  );
}

export function totalProducts(prediction: AcceleratorPrediction): number {
  return Object.values(products(prediction)).reduce((sum, count) => sum + count, 0);
}

/** Names that are listed as not in the figures, with the reasons. */
export function listed({ prediction }: AcceleratorPrediction): ReadonlyMap<string, string> {
  return new Map(prediction.notCosted.map(({ name, reason }) => [name, reason]));
}
