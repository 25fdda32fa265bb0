export { cliPlugin } from './cli-plugin.js';
export { defaultPlugins } from './default-plugins.js';
export { documentSchemas, jsonSchemas } from './documents/documents.js';
export { documentSchemaVersion } from './documents/schema-version.js';
export { runCommandLine, type CommandLineOptions } from './run-command-line.js';
