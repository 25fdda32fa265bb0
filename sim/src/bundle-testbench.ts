import type { BundleFile, ChipRegisters, EmittedBundle, MemoryModel } from '@autodnnchip/core';
import { readHarness } from './harness-sources.js';
import type { MemoryRegion } from './requests.js';
import { formatJob, type MemoryLoad } from './verilator/job-file.js';
import { compilerFlags, verilatorMakeFlags, verilatorOptions } from './verilator/verilator-flags.js';

/** What the test bench of a bundle needs to know of the chip. Paths are relative to the bundle's folder. */
export interface Testbench {
  /** In compilation order. */
  readonly rtlFiles: readonly string[];
  readonly memoryBytes: number;
  /** Program and weights. */
  readonly loads: readonly MemoryLoad[];
  readonly programAddress: number;
  readonly layerCount: number;
  /** Absent: those of four units. */
  readonly registers?: ChipRegisters;
  readonly memoryModel: MemoryModel;
  readonly inputs: readonly MemoryRegion[];
  readonly outputs: readonly MemoryRegion[];
}

/** No chip takes that long; a job for longer runs can say so. */
const maximumCycles = 1_000_000_000;

/**
 * The files that a bundle needs for `make -C BUNDLE` to compile its chip with Verilator and to run it: the harness and
 * a job in `sim/`, and a Makefile.
 */
export async function harnessFiles(testbench: Testbench): Promise<readonly BundleFile[]> {
  const harness = await readHarness('verilator');
  const { memoryBytes, loads, programAddress, layerCount, registers, memoryModel } = testbench;
  const job = formatJob({
    memoryBytes,
    loads,
    programAddress,
    layerCount,
    memoryModel,
    maximumCycles,
    ...(registers === undefined ? {} : { registers }),
    readBack: testbench.outputs.map((region, index) => ({ ...region, file: `build/output-${index}.bin` })),
  });
  return [
    ...harness.map(({ name, content }) => ({ path: `sim/${name}`, content })),
    { path: 'sim/job.txt', content: job },
    { path: 'Makefile', content: makefile(testbench) },
  ];
}

function makefile({ rtlFiles, inputs, outputs }: Testbench): string {
  const inputLines = inputs.map(
    ({ address }, index) => `\t$(if $(INPUT_${index}),echo 'load ${address} $(INPUT_${index})' >> build/job.txt)`,
  );
  const expectLines = outputs.map(
    (_, index) => `\t$(if $(EXPECT_${index}),cmp build/output-${index}.bin $(EXPECT_${index}))`,
  );
  return [
    '# Compiles the chip and its test bench with Verilator, and runs it. Needs verilator, g++ and make.',
    '#',
    '#   make                        runs with inputs of zeros: cycles do not depend on them',
    ...inputs.map(
      ({ length }, index) =>
        `#   make INPUT_${index}=FILE           input ${index}: ${length} bytes in the chip's layout (manifest.json)`,
    ),
    ...outputs.map(
      ({ length }, index) =>
        `#   make EXPECT_${index}=FILE          fails unless output ${index} (build/output-${index}.bin, ${length} bytes) equals the file`,
    ),
    '#   make TRACE=1                writes build/trace.vcd too',
    '#   make lint                   every warning that Verilator has about the RTL',
    '#',
    '# Memory timing and the rest of the job are in sim/job.txt. The result is build/result.txt: status, cycles, and a',
    '# record for each layer (cycle stamp, then busy, waiting for input and waiting for output of each unit).',
    '',
    'VERILATOR ?= verilator',
    `RTL := ${rtlFiles.join(' ')}`,
    'BENCH := $(wildcard sim/*.hpp sim/*.cpp)',
    'BUILD := build$(if $(TRACE),-trace)',
    '',
    '.PHONY: run lint clean',
    'run: $(BUILD)/simulator',
    '\t@mkdir -p build',
    '\tcp sim/job.txt build/job.txt',
    ...inputLines,
    "\t$(if $(TRACE),echo 'trace build/trace.vcd' >> build/job.txt)",
    '\t$< build/job.txt build/result.txt',
    "\t@grep -q '^status ok$$' build/result.txt",
    ...expectLines,
    '',
    '$(BUILD)/simulator: $(RTL) $(BENCH)',
    `\t$(VERILATOR) ${verilatorOptions({ trace: false, strict: false }).join(' ')} $(if $(TRACE),--trace) --build -j 2 --Mdir $(BUILD) -o simulator \\`,
    `\t  -CFLAGS "${compilerFlags('../sim')}" -MAKEFLAGS ${verilatorMakeFlags} $(RTL) sim/verilator_main.cpp`,
    '',
    'lint:',
    '\t$(VERILATOR) --lint-only -Wall --top-module accel_top $(RTL)',
    '',
    'clean:',
    '\trm -rf build build-trace',
    '',
  ].join('\n');
}

/**
 * What a manifest must hold for its bundle to get a test bench; templates that describe memory otherwise bring their
 * own.
 */
interface MemoryManifest {
  readonly rtlFiles: readonly string[];
  readonly memory: { readonly totalBytes: number; readonly program: ImagePlace; readonly weights: ImagePlace };
  readonly inputs: readonly Placed[];
  readonly outputs: readonly Placed[];
  readonly layers: readonly unknown[];
  readonly registers?: ChipRegisters;
}

interface ImagePlace {
  readonly address: number;
  readonly file: string;
}

interface Placed {
  readonly region: { readonly address: number; readonly bytes: number };
}

/** Tap of `emitRtl`: adds the test bench to a bundle whose manifest says where everything lies in memory. */
export async function addTestbench(bundle: EmittedBundle): Promise<EmittedBundle> {
  const content = bundle.files.find(({ path }) => path === 'manifest.json')?.content;
  if (typeof content !== 'string' || bundle.files.some(({ path }) => path === 'Makefile')) return bundle;
  const manifest: unknown = JSON.parse(content);
  if (!describesMemory(manifest)) return bundle;
  const { totalBytes, program, weights } = manifest.memory;
  const regionOf = ({ region }: Placed): MemoryRegion => ({ address: region.address, length: region.bytes });
  const files = await harnessFiles({
    rtlFiles: manifest.rtlFiles,
    memoryBytes: totalBytes,
    loads: [program, weights].map(({ address, file }) => ({ address, file })),
    programAddress: program.address,
    layerCount: manifest.layers.length,
    ...(manifest.registers === undefined ? {} : { registers: manifest.registers }),
    memoryModel: bundle.design.platform.memory,
    inputs: manifest.inputs.map(regionOf),
    outputs: manifest.outputs.map(regionOf),
  });
  return { ...bundle, files: [...bundle.files, ...files] };
}

function describesMemory(value: unknown): value is MemoryManifest {
  if (!isObject(value) || !isObject(value.memory)) return false;
  const { memory, rtlFiles, inputs, outputs, layers, registers } = value;
  return (
    Array.isArray(rtlFiles) &&
    rtlFiles.every(path => typeof path === 'string') &&
    Array.isArray(layers) &&
    (registers === undefined || isRegisters(registers)) &&
    typeof memory.totalBytes === 'number' &&
    isImagePlace(memory.program) &&
    isImagePlace(memory.weights) &&
    Array.isArray(inputs) &&
    inputs.every(isPlaced) &&
    Array.isArray(outputs) &&
    outputs.every(isPlaced)
  );
}

function isRegisters(value: unknown): value is ChipRegisters {
  return isObject(value) && typeof value.liveCounters === 'number' && typeof value.recordWords === 'number';
}

function isImagePlace(value: unknown): value is ImagePlace {
  return isObject(value) && typeof value.address === 'number' && typeof value.file === 'string';
}

function isPlaced(value: unknown): value is Placed {
  return (
    isObject(value) &&
    isObject(value.region) &&
    typeof value.region.address === 'number' &&
    typeof value.region.bytes === 'number'
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
