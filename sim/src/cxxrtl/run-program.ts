// Runs a chip that is compiled to WebAssembly on one memory image.
//     node run-program TASK-FILE
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChipRegisters, MemoryModel } from '@autodnnchip/core';
import type { MemoryRegion } from '../requests.js';

/** File names are relative to the folder of the task file. */
export interface RunTask {
  /** Absolute path. */
  readonly modulePath: string;
  readonly memoryFile: string;
  readonly memoryBytes: number;
  readonly programAddress: number;
  readonly memoryModel: MemoryModel;
  readonly maximumCycles: number;
  readonly layerCount: number;
  readonly registers: ChipRegisters;
  readonly readBack: readonly (MemoryRegion & { readonly file: string })[];
  readonly resultFile: string;
  /** Always holds the cycles done so far and a line break. */
  readonly progressFile: string;
}

/** What `sim/harness/cxxrtl_shim.cpp` exports. */
interface ChipExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  reserve_memory(bytes: number): number;
  begin(
    programAddress: number,
    layerCount: number,
    liveCounters: number,
    recordWords: number,
    maximumCycles: number,
    readLatencyCycles: number,
    writeLatencyCycles: number,
    beatIntervalCycles: number,
    burstGapCycles: number,
    sharedBytesPerKilocycle: number,
  ): void;
  advance(cycles: number): number;
  cycles_run(): number;
  finish(seconds: number): number;
}

/** The part of WebAssembly that is used here: TypeScript has it only among the types of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, () => number>>>>,
  ) => { readonly exports: object };
};

/** Cycles of the first batch; later ones are as long as a report of progress takes to be due. */
const firstBatchCycles = 256;
const batchMilliseconds = 200;

/** The C++ library wants to be able to print; nothing of ours does. */
function instantiate(modulePath: string): ChipExports {
  const refuse = (): number => 8;
  const module = new WebAssembly.Module(readFileSync(modulePath));
  const instance = new WebAssembly.Instance(module, {
    wasi_snapshot_preview1: { fd_close: refuse, fd_seek: refuse, fd_write: refuse },
  });
  const chip = instance.exports as ChipExports;
  chip._initialize();
  return chip;
}

function runToEnd(chip: ChipExports, onProgress: (cycles: number) => void): void {
  let batch = firstBatchCycles;
  let last = performance.now();
  while (chip.advance(batch) === 0) {
    const now = performance.now();
    const growth = Math.min(4, batchMilliseconds / Math.max(1, now - last));
    batch = Math.min(2 ** 24, Math.max(1, Math.round(batch * growth)));
    last = now;
    onProgress(chip.cycles_run());
  }
}

function readText(chip: ChipExports, address: number): string {
  const bytes = new Uint8Array(chip.memory.buffer, address);
  return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
}

function run(task: RunTask, directory: string): void {
  const chip = instantiate(task.modulePath);
  const base = chip.reserve_memory(task.memoryBytes) >>> 0;
  if (base === 0)
    throw new RangeError(
      `error: out of memory: WebAssembly cannot hold an external memory of ${task.memoryBytes} bytes`,
    );
  new Uint8Array(chip.memory.buffer, base, task.memoryBytes).set(readFileSync(join(directory, task.memoryFile)));
  const { memoryModel } = task;
  const started = performance.now();
  chip.begin(
    task.programAddress,
    task.layerCount,
    task.registers.liveCounters,
    task.registers.recordWords,
    task.maximumCycles,
    memoryModel.readLatencyCycles,
    memoryModel.writeLatencyCycles,
    memoryModel.beatIntervalCycles,
    memoryModel.burstGapCycles,
    memoryModel.sharedBytesPerKilocycle,
  );
  runToEnd(chip, cycles => writeFileSync(join(directory, task.progressFile), `${cycles}\n`));
  const text = readText(chip, chip.finish((performance.now() - started) / 1000) >>> 0);
  for (const { address, length, file } of task.readBack)
    writeFileSync(join(directory, file), new Uint8Array(chip.memory.buffer, base + address, length));
  writeFileSync(join(directory, task.resultFile), text);
}

const taskFile = process.argv[2] ?? '';
run(JSON.parse(readFileSync(taskFile, 'utf8')) as RunTask, dirname(taskFile));
