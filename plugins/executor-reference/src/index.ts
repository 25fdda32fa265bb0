export { executeNetwork, type ExecutionOptions } from './execute-network.js';
export { createReferenceExecutor, referenceExecutor } from './plugin.js';
