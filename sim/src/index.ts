export { harnessFiles, type Testbench } from './bundle-testbench.js';
export * from './requests.js';
export * from './rtl-simulator.js';
export { simulation } from './plugin.js';
