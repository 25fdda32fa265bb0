export * from './engine-options.js';
export * from './layer-mappings.js';
export * from './option-values.js';
export * from './result-file.js';
