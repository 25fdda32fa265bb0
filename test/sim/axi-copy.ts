// The test chip of fixtures/axi_copy.sv: its program, what it must leave in memory, and how long it must take.
import { readFileSync } from 'node:fs';
import type { MemoryModel } from '@autodnnchip/core';
import type { BusWidth, RtlFile, SimulationRunRequest, SimulatorBuildRequest } from '@autodnnchip/sim';

export const copyFlags = {
  throttle: 1,
  neverFinish: 2,
  forgetLast: 4,
  dropValid: 8,
  earlyWrite: 16,
  earlyDone: 32,
} as const;

export interface CopyJob {
  readonly groups: number;
  readonly bursts: number;
  readonly beats: number;
  readonly source: number;
  readonly target: number;
  readonly sourceStride: number;
  readonly targetStride: number;
  readonly flags: number;
}

export const memoryBytes = 0x4000;
const programAddress = 0x40;

export function copyRtl(busBytes: BusWidth): RtlFile {
  const text = readFileSync(new URL('fixtures/axi_copy.sv', import.meta.url), 'utf8');
  return { path: 'accel_top.sv', content: text.replace('BUS_BYTES = 8', `BUS_BYTES = ${busBytes}`) };
}

export function copyBuild(tool: SimulatorBuildRequest['tool'], busBytes: BusWidth): SimulatorBuildRequest {
  return { tool, rtlFiles: [copyRtl(busBytes)], top: 'accel_top', busBytes, compileTimeLimitSeconds: 300 };
}

/** A job that suits every bus width: whole beats, no 4 KB crossing. */
export function copyJob(changes: Partial<CopyJob> = {}): CopyJob {
  return {
    groups: 3,
    bursts: 3,
    beats: 5,
    source: 0x1000,
    target: 0x2000,
    sourceStride: 0x100,
    targetStride: 0x100,
    flags: 0,
    ...changes,
  };
}

export function copyMemory(job: CopyJob): Uint8Array {
  const memory = Uint8Array.from({ length: memoryBytes }, (_, index) => (index * 167 + (index >> 8) * 13) & 255);
  const descriptor = new DataView(memory.buffer, programAddress, 64);
  const words = [
    job.groups,
    job.bursts,
    job.beats,
    job.source,
    job.target,
    job.sourceStride,
    job.targetStride,
    job.flags,
  ];
  for (const [index, word] of words.entries()) descriptor.setUint32(4 * index, word, true);
  return memory;
}

export function copyRun(job: CopyJob, memoryModel: MemoryModel): SimulationRunRequest {
  return {
    memoryImage: copyMemory(job),
    memoryBytes,
    programAddress,
    memoryModel,
    maximumCycles: 100_000,
    layerCount: job.groups,
    readBack: [{ address: 0, length: memoryBytes }],
    timeLimitSeconds: 60,
  };
}

/** Memory after the run. */
export function copiedMemory(job: CopyJob, busBytes: number): Uint8Array {
  const memory = copyMemory(job);
  for (let burst = 0; burst < job.groups * job.bursts; burst++) {
    const from = job.source + burst * job.sourceStride;
    memory.copyWithin(job.target + burst * job.targetStride, from, from + job.beats * busBytes);
  }
  return memory;
}

/** Words 0 to 2 of every layer record: cycle stamp, beats read, beats written. */
export function copyRecords(job: CopyJob, busBytes: number, model: MemoryModel): number[][] {
  const { beatIntervalCycles: interval, burstGapCycles: gap } = model;
  const beats = job.bursts * job.beats;
  // A throttled chip pauses for a cycle after every beat of the copy.
  const fewestCycles = (job.flags & copyFlags.throttle) !== 0 ? 2 : 1;
  const betweenBeats = Math.max(interval, fewestCycles);
  const betweenBursts = Math.max(interval + gap, fewestCycles);
  // From the first beat of a group to its last: bursts follow one another as fast as memory and chip allow.
  const groupSpan = job.bursts * (job.beats - 1) * betweenBeats + (job.bursts - 1) * betweenBursts;
  const descriptorBeats = 64 / busBytes;
  // Edges count from the start command; the descriptor's address is accepted at edge 1.
  let lastRead = 1 + model.readLatencyCycles + (descriptorBeats - 1) * interval;
  let lastWrite = -Infinity;
  // The descriptor is decoded at the edge after its last beat.
  let stateChange = lastRead + 1;
  const records: number[][] = [];
  for (let group = 0; group < job.groups; group++) {
    const firstRead = Math.max(stateChange + 1 + model.readLatencyCycles, lastRead + interval + gap);
    lastRead = firstRead + groupSpan;
    const firstWrite = Math.max(lastRead + 2, lastWrite + interval + gap);
    lastWrite = firstWrite + groupSpan;
    stateChange = lastWrite + model.writeLatencyCycles;
    records.push([stateChange, beats * (group + 1), beats * (group + 1)]);
  }
  return records;
}
