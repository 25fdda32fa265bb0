export * from './command-definition.js';
export * from './hook-point.js';
export * from './hook-table.js';
export * from './hooks.js';
export * from './payloads.js';
export * from './registry.js';
