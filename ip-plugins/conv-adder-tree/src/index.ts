export { convAdderTree } from './plugin.js';
export { convEngineResources, type ConvEngineParameters } from './resources.js';
