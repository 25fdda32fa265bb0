export { unknownShape } from './build/finish-network.js';
export type { ImportedGraph } from './import-graph.js';
export { knownOperators } from './operators/table.js';
export { onnxFrontEnd, type OnnxFrontEndOptions } from './plugin.js';
export { importOnnx, readOnnxModel, readOnnxNetwork, type ReadOptions } from './read-network.js';
