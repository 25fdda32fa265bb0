import {
  AcceleratorPredictor,
  Definitions,
  definePlugin,
  GraphPredictor,
  type AcceleratorModelDefinition,
} from '@autodnnchip/core';
import { dpuModel } from './dpu.js';
import { edgeTpuModel } from './edge-tpu.js';
import { gpuModel } from './gpu.js';
import { outputStationaryModel } from './output-stationary.js';
import {
  dpuPlaces,
  edgeTpuPlaces,
  gpuPlaces,
  gpuPlacesWithoutClip,
  outputStationaryPlaces,
  rowStationaryPlaces,
} from './places.js';
import { createAcceleratorPredictor } from './predictor.js';
import { rowStationaryModel } from './row-stationary.js';
import { rowStationarySizes } from './row-stationary-mapping.js';

export { dpuUnits, type DdrMap, type DpuUnit } from './dpu-units.js';
export { dpuArrayWork, dpuDepthwisePasses, dpuPortWords, dpuSideCycles, type DpuArrayWork } from './dpu-work.js';
export { networkWork, type LayerKind, type LayerWork, type NetworkWork } from './layer-work.js';
export type { AcceleratorModel, Facts, AcceleratorPlan, LayerPlan, ModelRequest, PlannedNode } from './model.js';
export { buildPlan, type PlanBuilder, type Stage } from './plan-builder.js';
export { stageSteps, type StageProgram } from './stage-program.js';
export {
  convolutionOf,
  findMapping,
  fitMapping,
  type Convolution,
  type RowStationaryFit,
  type RowStationaryMapping,
} from './row-stationary-mapping.js';
export { arrayWork, type ArrayWork } from './output-stationary.js';
export { codedBytesPerWord } from './row-stationary-traffic.js';
export { gpuKernels, type GpuKernel } from './gpu-kernels.js';
export {
  dpuPlaces,
  edgeTpuPlaces,
  gpuPlaces,
  outputStationaryPlaces,
  rowStationaryPlaces,
  usualPlaces,
} from './places.js';

/** The models that are built in, by the names that data files of accelerators use. */
const models: readonly AcceleratorModelDefinition[] = [
  {
    id: 'pixel-channel-array',
    title: 'Pixel x channel array with depthwise and side engines (DPUCZDX8G)',
    plan: dpuModel,
    places: dpuPlaces,
  },
  {
    id: 'weight-stationary-cache',
    title: 'Weight-stationary array with a weight cache behind a host link (Edge TPU)',
    plan: edgeTpuModel,
    places: edgeTpuPlaces,
  },
  {
    id: 'gpu-kernels',
    title: 'Launch queue and kernels on multiprocessors (embedded GPU)',
    plan: gpuModel,
    places: gpuPlaces,
  },
  {
    id: 'gpu-kernels-without-clip',
    title: 'The same, ReLU6 computed as Relu(x) - Relu(x - 6)',
    plan: gpuModel,
    places: gpuPlacesWithoutClip,
  },
  {
    id: 'row-stationary',
    title: 'Row-stationary array (Eyeriss)',
    plan: rowStationaryModel,
    places: rowStationaryPlaces,
    mappingSizes: rowStationarySizes,
  },
  {
    id: 'output-stationary',
    title: 'Output-stationary array (ShiDianNao)',
    plan: outputStationaryModel,
    places: outputStationaryPlaces,
  },
];

/** Predicts networks on chips that exist, by the models of all plugins; needs a plugin that predicts graphs. */
export const givenAccelerators = definePlugin(() => ({
  name: '@autodnnchip/plugin-given-accelerators',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineAcceleratorModels.tap('given-accelerators', registry =>
      models.forEach(model => registry.add(model)),
    );
    chip.bind(AcceleratorPredictor, [Definitions, GraphPredictor], ({ acceleratorModels }, graphs) =>
      createAcceleratorPredictor(acceleratorModels, graphs),
    );
  },
}));
