export { cliPlugin } from './cli-plugin.js';
export { defaultPlugins } from './default-plugins.js';
export { documentSchemas, documentSchemaVersion, jsonSchemas } from './documents/documents.js';
export { main } from './main.js';
export { runCommandLine, type CommandLineOptions } from './run-command-line.js';
