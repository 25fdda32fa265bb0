export * from './option-values.js';
export * from './result-file.js';
