export * from './file-artifact-store.js';
export * from './file-bundle-store.js';
export * from './node-host-facts.js';
export * from './process-tool-runner.js';
export * from './warning-log.js';
