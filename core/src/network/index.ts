export * from './network.js';
export * from './operator.js';
export * from './tensor.js';
