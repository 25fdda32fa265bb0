export { accelShared } from './plugin.js';
export * from './configuration.js';
export * from './lowering/index.js';
export * from './program/instruction.js';
export * from './program/interpret.js';
export * from './schedule/index.js';
