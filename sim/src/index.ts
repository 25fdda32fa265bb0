export * from './requests.js';
export * from './rtl-simulator.js';
