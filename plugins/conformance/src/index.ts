export { checkEngines, type CheckOptions } from './check-engines.js';
export { conformance } from './plugin.js';
export { type Draw } from './random/draw.js';
export { drawMemory } from './random/random-memory.js';
export { randomNetwork } from './random/random-network.js';
export { sketchNetwork, type TensorSketch } from './random/sketch-network.js';
export { type ConformanceReport } from './report.js';
