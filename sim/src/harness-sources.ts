import { readFile } from 'node:fs/promises';

const harnessFolder = new URL('../harness/', import.meta.url);

/** Files that both C++ simulators share. */
const commonFiles = [
  'control_registers.h',
  'chip_pins.hpp',
  'diagnostics.hpp',
  'memory_model.hpp',
  'run_result.hpp',
  'driver.hpp',
] as const;

export const harnessFileNames = {
  verilator: [...commonFiles, 'job.hpp', 'verilator_chip.hpp', 'verilator_main.cpp'],
  cxxrtl: [...commonFiles, 'cxxrtl_chip.hpp', 'cxxrtl_shim.cpp'],
  icarus: ['icarus_registers.sv', 'icarus_memory_model.sv', 'icarus_testbench.sv'],
} as const;

/** A file of the harness, by its name in `sim/harness/`. */
export interface HarnessSource {
  readonly name: string;
  readonly content: string;
}

export async function readHarness(tool: keyof typeof harnessFileNames): Promise<readonly HarnessSource[]> {
  return await Promise.all(
    harnessFileNames[tool].map(async name => ({ name, content: await readFile(new URL(name, harnessFolder), 'utf8') })),
  );
}
