export type { LaneEngineValues } from './lane-values.js';
export { laneEngineCoefficients } from './engine-coefficients.js';
export type { LaneEngineCoefficients } from './engine-logic.js';
export { laneEngineCells, laneEngineResources } from './engine-resources.js';
export type { LaneEngineParameters } from './parameters.js';
export { laneEngine, laneEngine as plugin, laneEngineDefinition } from './plugin.js';
