export * from './host-io.js';
export * from './schedule.js';
export { refuseUnsupported, scheduleNetwork } from './schedule-network.js';
export { buildWeightImage } from './weight-image.js';
