export * from './catalogue.js';
export * from './chip-error.js';
export * from './error-message.js';
export * from './format-error.js';
export * from './printable.js';
