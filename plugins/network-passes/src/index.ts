export { foldNetwork } from './fold/fold-network.js';
export { fuseActivations } from './fuse/fuse-activations.js';
export { fuseQuantizedNetwork } from './fuse/fuse-quantized.js';
export { normalizeNetwork } from './normalize/normalize-network.js';
export { networkPasses, type NetworkPassesOptions } from './plugin.js';
export {
  assumeQuantized,
  isQuantized,
  prepareNetwork,
  quantizeFromCalibration,
  quantizeNetwork,
  type QuantizeOptions,
} from './prepare-network.js';
export { withRandomWeights } from './random-weights.js';
export { rewriteQdq } from './quantize/rewrite-qdq.js';
