export * from './chip-placer.js';
export * from './nextpnr-tool.js';
export * from './place-netlist.js';
export * from './plugin.js';
export * from './read-report.js';
export * from './shell.js';
