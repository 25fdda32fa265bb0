import type { ChipRegisters, MemoryModel } from '@autodnnchip/core';
import { fourUnitRegisters, type MemoryRegion } from '../requests.js';

/** A file that is laid into memory before the run. */
export interface MemoryLoad {
  readonly address: number;
  readonly file: string;
}

/** A job of the Verilator harness; `sim/README.md` describes the format. */
export interface Job {
  readonly memoryBytes: number;
  readonly loads: readonly MemoryLoad[];
  readonly programAddress: number;
  readonly memoryModel: MemoryModel;
  readonly maximumCycles: number;
  readonly layerCount: number;
  readonly registers?: ChipRegisters;
  readonly readBack: readonly (MemoryRegion & { readonly file: string })[];
  readonly traceFile?: string;
  /** Takes the cycles done so far; standard error takes them when absent. */
  readonly progressFile?: string;
}

export function formatJob(job: Job): string {
  const { memoryModel, registers: { liveCounters, recordWords } = fourUnitRegisters } = job;
  const lines = [
    `memory_bytes ${job.memoryBytes}`,
    ...job.loads.map(({ address, file }) => `load ${address} ${file}`),
    `program_address ${job.programAddress}`,
    `live_counters ${liveCounters}`,
    `record_words ${recordWords}`,
    `layers ${job.layerCount}`,
    `maximum_cycles ${job.maximumCycles}`,
    `read_latency_cycles ${memoryModel.readLatencyCycles}`,
    `write_latency_cycles ${memoryModel.writeLatencyCycles}`,
    `beat_interval_cycles ${memoryModel.beatIntervalCycles}`,
    `burst_gap_cycles ${memoryModel.burstGapCycles}`,
    `shared_bytes_per_kilocycle ${memoryModel.sharedBytesPerKilocycle}`,
    ...job.readBack.map(({ address, length, file }) => `read_back ${address} ${length} ${file}`),
    ...(job.traceFile === undefined ? [] : [`trace ${job.traceFile}`]),
    ...(job.progressFile === undefined ? [] : [`progress ${job.progressFile}`]),
  ];
  return `${lines.join('\n')}\n`;
}
