export * from './auto-dnn-chip.js';
export * from './create-auto-dnn-chip.js';
export * from './definitions.js';
export * from './framework-factory.js';
export * from './plugin-loader.js';
