export * from './exchange-folder.js';
export * from './input-file-kinds.js';
export * from './input-file.js';
export * from './input-json.js';
export * from './sha256.js';
export * from './temporary-names.js';
export * from './working-folder.js';
export * from './write-file.js';
