import { AcceleratorPredictor, definePlugin, GraphPredictor } from '@autodnnchip/core';
import { dpuModel } from './dpu.js';
import { edgeTpuModel } from './edge-tpu.js';
import { gpuModel } from './gpu.js';
import type { AcceleratorModel } from './model.js';
import { outputStationaryModel } from './output-stationary.js';
import { createAcceleratorPredictor } from './predictor.js';
import { rowStationaryModel } from './row-stationary.js';

export { dpuUnits, type DdrMap, type DpuUnit } from './dpu-units.js';
export { dpuArrayWork, dpuPortWords, dpuSideCycles, type DpuArrayWork } from './dpu-work.js';
export { networkWork, type LayerKind, type LayerWork, type NetworkWork } from './layer-work.js';
export type { AcceleratorModel, Facts, AcceleratorPlan, LayerPlan, ModelRequest, PlannedNode } from './model.js';
export { buildPlan, type PlanBuilder, type Stage } from './plan-builder.js';
export { stageSteps, type StageProgram } from './stage-program.js';
export { createAcceleratorPredictor } from './predictor.js';
export { convolutionOf, findMapping, fitMapping, type Convolution, type RowStationaryFit, type RowStationaryMapping } from './row-stationary-mapping.js';
export { arrayWork, type ArrayWork } from './output-stationary.js';
export { codedBytesPerWord } from './row-stationary-traffic.js';
export { gpuKernels, type GpuKernel } from './gpu-kernels.js';

/** The models by the names that the data files of platforms use. */
export const acceleratorModels = {
  'pixel-channel-array': dpuModel,
  'weight-stationary-cache': edgeTpuModel,
  'gpu-kernels': gpuModel,
  'row-stationary': rowStationaryModel,
  'output-stationary': outputStationaryModel,
} as const;

export interface GivenAcceleratorsOptions {
  /** More models by the names that data files of platforms use; one of a built-in name takes its place. */
  readonly models?: Readonly<Record<string, AcceleratorModel>>;
}

/** Predicts networks on chips that exist; needs a plugin that predicts graphs. */
export const givenAccelerators = definePlugin(({ models = {} }: GivenAcceleratorsOptions = {}) => ({
  name: '@autodnnchip/plugin-given-accelerators',
  apiVersion: 1,
  apply(chip) {
    chip.bind(AcceleratorPredictor, [GraphPredictor], (graphs) => createAcceleratorPredictor({ ...acceleratorModels, ...models }, graphs));
  },
}));
