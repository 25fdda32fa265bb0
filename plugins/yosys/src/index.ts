export * from './chip-synthesizer.js';
export * from './counting-rules.js';
export * from './plugin.js';
export type { SramMacro } from './read-results.js';
export * from './source-files.js';
export * from './synthesis-script.js';
export * from './synthesize-bundle.js';
export * from './synthesize-sources.js';
export * from './yosys-tool.js';
