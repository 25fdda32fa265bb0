export type { HostMove } from './host-moves.js';
export * from './lowered-network.js';
export { lowerNetwork } from './lower-network.js';
