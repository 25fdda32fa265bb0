export * from './lowered-network.js';
export { lowerNetwork } from './lower-network.js';
