export * from './host-bundle.js';
export * from './host-values.js';
export * from './network-file.js';
export { networkJsonSchema } from './network-schema.js';
