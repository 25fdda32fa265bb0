export * from './computed-tensors.js';
export * from './network.js';
export * from './node-account.js';
export * from './operator.js';
export * from './passed-on.js';
export * from './products.js';
export * from './tensor.js';
