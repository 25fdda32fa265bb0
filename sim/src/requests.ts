import type { ChipError, ChipRegisters, MemoryModel, SimulationTool } from '@autodnnchip/core';

/** A SystemVerilog source. `path` appears in error messages; relative paths are kept, so that includes are found. */
export interface RtlFile {
  readonly path: string;
  readonly content: string;
}

/** Data bus widths that the harness has, bytes. */
export const busWidths = [4, 8, 16, 32] as const;
export type BusWidth = (typeof busWidths)[number];

/** Everything that a compiled simulator depends on. */
export interface SimulatorBuildRequest {
  /** `auto` is Verilator where it and a C++ compiler are installed, else CXXRTL, which needs nothing installed. */
  readonly tool: SimulationTool | 'auto';
  /** In the order in which they must be compiled: packages first. Texts are paths of files to read. */
  readonly rtlFiles: readonly (RtlFile | string)[];
  readonly top: 'accel_top';
  /** Width of the memory bus, bytes. */
  readonly busBytes: number;
  /** Makes runs with a `traceFile` possible, at a cost in speed. Verilator only. */
  readonly trace?: boolean;
  /** Every warning about the RTL is an error. Verilator only. */
  readonly strict?: boolean;
  /** With `auto`, called with the reason where Verilator is not taken. */
  readonly onFallback?: (reason: ChipError) => void;
  /** Simulators of designs that take longer to compile are given up; 900 when absent. */
  readonly compileTimeLimitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** A part of external memory, in bytes. */
export interface MemoryRegion {
  readonly address: number;
  readonly length: number;
}

/** One inference. */
export interface SimulationRunRequest {
  /** What external memory holds at the start, from address 0; the rest of it is zero. */
  readonly memoryImage: Uint8Array;
  /** Size of external memory, at least that of the image. Accesses beyond it are errors. */
  readonly memoryBytes: number;
  /** Byte address of the program. */
  readonly programAddress: number;
  readonly memoryModel: MemoryModel;
  /** Clock cycles after the start command within which the chip must finish. */
  readonly maximumCycles: number;
  /** Layer records to read. */
  readonly layerCount: number;
  /** How many counters and words of a record the chip has; absent: `fourUnitRegisters`. */
  readonly registers?: ChipRegisters;
  readonly readBack: readonly MemoryRegion[];
  readonly timeLimitSeconds: number;
  /** Called a few times a second with the clock cycles since the start command. */
  readonly onProgress?: (cycles: number) => void;
  /** VCD file to write; the simulator must be built with `trace`. */
  readonly traceFile?: string;
  readonly signal?: AbortSignal;
}

/** A build and a run in one. */
export type RtlSimulationRequest = SimulatorBuildRequest & SimulationRunRequest;

/** Three counters of each of four units, and records of them with a cycle stamp, filled up to a power of two. */
export const fourUnitRegisters: ChipRegisters = { liveCounters: 12, recordWords: 16 };

export interface RtlSimulationResult {
  readonly tool: SimulationTool;
  readonly version: string;
  /** From the start command to the end, as the chip's own CYCLES register counts them. */
  readonly cycles: number;
  /** Per layer the words of its record: cycle stamp, then counters. */
  readonly layerRecords: readonly Uint32Array[];
  /** Contents of the regions asked for, in their order. */
  readonly readBack: readonly Uint8Array[];
  /** Of this run, compilation not included. */
  readonly wallSeconds: number;
  /** Clock cycles per second of the simulation itself, without loading and reading memory. */
  readonly simulatedCyclesPerSecond: number;
  readonly compiled: 'cached' | 'built';
  /** Of the build, or of looking it up. */
  readonly compileSeconds: number;
}

/** A compiled simulator; runs share nothing and may overlap. */
export interface Simulator {
  readonly tool: SimulationTool;
  readonly version: string;
  readonly compiled: 'cached' | 'built';
  readonly compileSeconds: number;
  run(request: SimulationRunRequest): Promise<RtlSimulationResult>;
  /** Ends runs that are under way and frees what the simulator holds. It can be called twice. */
  dispose(): Promise<void>;
}
