export { unknownShape } from './build/finish-network.js';
export { knownOperators } from './operators/table.js';
export { onnxFrontEnd, type OnnxFrontEndOptions } from './plugin.js';
export { importOnnx, readOnnxNetwork, type ReadOptions } from './read-network.js';
