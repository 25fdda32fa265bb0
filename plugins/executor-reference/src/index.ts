export * from './execute-network.js';
