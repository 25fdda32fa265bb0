export * from './accelerator-model.js';
export * from './host-parts.js';
export * from './platform.js';
export * from './given-accelerator.js';
export * from './rtl-screen.js';
export * from './template.js';
export * from './graph/index.js';
export * from './timing-path.js';
