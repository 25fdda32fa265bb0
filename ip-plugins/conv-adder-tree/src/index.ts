export type { ConvEngineValues } from './conv-values.js';
export { convEngineCoefficients } from './engine-coefficients.js';
export type { ConvEngineCoefficients } from './engine-logic.js';
export { convEngineCells, convEngineResources } from './engine-resources.js';
export type { ConvEngineParameters } from './parameters.js';
export { convAdderTree, convAdderTree as plugin, convAdderTreeDefinition } from './plugin.js';
