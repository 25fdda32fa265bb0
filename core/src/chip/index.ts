export * from './platform.js';
export * from './template.js';
