export { plugin, streamPoolDefinition } from './plugin.js';
