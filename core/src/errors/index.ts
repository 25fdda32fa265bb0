export * from './catalogue.js';
export * from './chip-error.js';
