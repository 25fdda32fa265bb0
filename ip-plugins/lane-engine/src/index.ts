export { laneEngine } from './plugin.js';
export { laneEngineResources, type LaneEngineParameters } from './resources.js';
