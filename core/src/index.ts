export * from './errors/index.js';
export * from './chip/index.js';
export * from './network/index.js';
export * from './prediction/index.js';
