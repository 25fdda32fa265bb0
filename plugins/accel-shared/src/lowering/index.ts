export * from './lowered-network.js';
export { lowerNetwork, type LoweringOptions } from './lower-network.js';
