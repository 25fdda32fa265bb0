export * from './arithmetic.js';
export * from './clock-check.js';
export * from './costed-figures.js';
export * from './exact-figures.js';
export * from './explanation.js';
export * from './figures.js';
export * from './prediction.js';
export * from './sound-prediction.js';
