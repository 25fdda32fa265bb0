import type { ToolDescription } from './tool-runner.js';

/** The native tools that the packages of this repository use. All are optional: embedded ones stand in where they can. */
export const knownTools = {
  verilator: {
    id: 'verilator', executable: 'verilator', purpose: 'simulate chips at full speed', installHint: 'apt-get install verilator g++ make',
    versionArguments: ['--version'], versionPattern: /Verilator (\d+\.\d+)/, minimumVersion: '5.006', errorPattern: /^%(Error|Warning)/,
  },
  yosys: {
    id: 'yosys', executable: 'yosys', purpose: 'synthesise chips with the native Yosys', installHint: 'apt-get install yosys',
    versionArguments: ['-V'], versionPattern: /Yosys (\d+\.\d+)/, minimumVersion: '0.23', errorPattern: /ERROR|syntax error/,
  },
  icarus: {
    id: 'icarus', executable: 'iverilog', purpose: 'simulate chips with Icarus Verilog', installHint: 'apt-get install iverilog',
    versionArguments: ['-V'], versionPattern: /Icarus Verilog version (\d+\.\d+)/, minimumVersion: '11.0', errorPattern: /error|sorry/i,
  },
  cxxCompiler: {
    id: 'g++', executable: 'g++', purpose: 'compile simulators', installHint: 'apt-get install g++',
    versionArguments: ['-dumpfullversion'], versionPattern: /^(\d+\.\d+(?:\.\d+)?)/, errorPattern: /error:/,
  },
  make: {
    id: 'make', executable: 'make', purpose: 'compile simulators', installHint: 'apt-get install make',
    versionArguments: ['--version'], versionPattern: /Make (\d+\.\d+)/, errorPattern: /\*\*\*/,
  },
} as const satisfies Readonly<Record<string, ToolDescription>>;
