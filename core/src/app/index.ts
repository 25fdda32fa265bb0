export * from './create-auto-dnn-chip.js';
export * from './definitions.js';
