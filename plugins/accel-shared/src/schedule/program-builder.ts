import type { MemoryModel } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvInstruction, Instruction, LaneInstruction, LoadInstruction, LoadTarget, MemoryBox, StoreInstruction, Waits } from '../program/instruction.js';
import { AccessList, TensorAccess, type TensorRegion } from './access-list.js';
import { convDrainCycles, finishedVisibleCycles, laneDrainCycles, loadDoneCycles, storeDoneCycles } from '../timing/constants.js';
import { ReadChannel, WriteChannel } from '../timing/memory-channel.js';
import { convTaskCycles, laneTaskCycles, type TaskCycles } from '../timing/task-cycles.js';
import { boxCycles, type CostModel } from './cost-model.js';

export type Unit = 'load' | 'conv' | 'lane' | 'store';
export const units: readonly Unit[] = ['load', 'conv', 'lane', 'store'];

/** Rows or words of a buffer. */
export interface BufferRange {
  readonly base: number;
  readonly size: number;
}

type BufferName = Exclude<LoadTarget, 'program'> | 'convOutput' | 'laneOutput' | 'partialSum';

interface BufferAccess {
  readonly writes: AccessList;
  readonly reads: AccessList;
}

/** Fields of an instruction that the caller gives; the builder adds `unit`, `layer` and `waits`. */
export type Body<T extends Instruction> = Omit<T, 'unit' | 'layer' | 'waits'>;

/** What a conv instruction reads and writes on the chip. */
export interface ConvUse {
  readonly activation: BufferRange;
  readonly weight: BufferRange;
  /** Absent where partial sums go out. */
  readonly parameter?: BufferRange;
  readonly output?: BufferRange;
  readonly partialSum?: BufferRange;
}

/** What a lane instruction reads and writes on the chip. */
export interface LaneUse {
  readonly input: BufferRange;
  readonly weight?: BufferRange;
  readonly parameter?: BufferRange;
  readonly table?: BufferRange;
  readonly output: BufferRange;
}

/** An instruction in program order with its estimated start. */
export interface TimedInstruction {
  readonly instruction: Exclude<Instruction, { unit: 'halt' }>;
  readonly start: number;
}

/**
 * Takes instructions in the order in which they would run one after another, finds what each has to wait for, and estimates
 * when it starts. `waits` name every instruction whose result is read (RAW), whose operand is overwritten (WAR) or whose
 * result is overwritten (WAW), unless the unit's own order sees to it.
 */
export class ProgramBuilder {
  readonly timed: Record<Unit, TimedInstruction[]> = { load: [], conv: [], lane: [], store: [] };
  private readonly finish: Record<Unit, number[]> = { load: [0], conv: [0], lane: [0], store: [0] };
  private readonly waitsSoFar: Record<Unit, Waits> = { load: noWaits(), conv: noWaits(), lane: noWaits(), store: noWaits() };
  private readonly buffers = new Map<BufferName, BufferAccess>();
  private readonly reads: ReadChannel;
  private readonly writes: WriteChannel;
  private readonly drainCycles: { readonly conv: number; readonly lane: number };
  /** First cycle in which an engine's sequencer is free. */
  private readonly sequencerFree = { conv: 0, lane: 0 };
  layer = 0;

  constructor(
    private readonly configuration: AccelSharedConfiguration, private readonly cost: CostModel, memory: MemoryModel,
    private readonly tensors: readonly TensorAccess[], private readonly freedBy: readonly (readonly number[])[],
  ) {
    this.reads = new ReadChannel(configuration, memory);
    this.writes = new WriteChannel(configuration, memory);
    this.drainCycles = { conv: convDrainCycles(configuration), lane: laneDrainCycles(configuration) };
  }

  /** Estimated cycle at which a region of a feature map has been stored. */
  readyTime(region: TensorRegion): number {
    return this.finish.store[this.tensors[region.tensor].latestStore(region)];
  }

  /** Estimated end of a load into a buffer range if it were given now. */
  loadEnd(target: Exclude<LoadTarget, 'program'>, range: BufferRange, box: MemoryBox): number {
    const reader = target.startsWith('lane') ? 'lane' : 'conv';
    const free = this.finish[reader][this.buffer(target).reads.latest(range.base, range.base + range.size)];
    return Math.max(free, last(this.finish.load)) + boxCycles(this.cost, box, this.configuration.channelBlock) + this.cost.loadLatency;
  }

  /** `range`: what is written of the target buffer; `region`: the feature map that is read, if it is one. */
  load(target: Exclude<LoadTarget, 'program'>, range: BufferRange, box: MemoryBox, region?: TensorRegion): void {
    const waits = noWaits();
    const reader = target.startsWith('lane') ? 'lane' : 'conv';
    const access = this.buffer(target);
    waits[reader] = access.reads.latest(range.base, range.base + range.size);
    const count = this.timed.load.length + 1;
    if (region !== undefined) {
      const tensor = this.tensors[region.tensor];
      waits.store = tensor.latestStore(region);
      tensor.lastLoad = count;
    }
    access.writes.add(range.base, range.base + range.size, count);
    const start = Math.max(this.waitsMet('load', waits), this.reads.readyFrom);
    const finish = this.reads.transfer(box, start) + loadDoneCycles;
    this.push({ unit: 'load', layer: this.layer, waits, target, bufferBase: range.base, ...box }, start, finish);
  }

  conv(body: Body<ConvInstruction>, use: ConvUse): void {
    const waits = noWaits();
    const count = this.timed.conv.length + 1;
    this.read('activation', use.activation, 'load', waits, count);
    this.read('weight', use.weight, 'load', waits, count);
    if (use.parameter !== undefined) this.read('convParameter', use.parameter, 'load', waits, count);
    if (use.partialSum !== undefined) {
      if (body.accumulateIn === 1) this.read('partialSum', use.partialSum, 'conv', waits, count);
      if (body.accumulateOut === 1) this.buffer('partialSum').writes.add(use.partialSum.base, use.partialSum.base + use.partialSum.size, count);
    }
    if (use.output !== undefined) this.write('convOutput', use.output, waits, count);
    const instruction: ConvInstruction = { unit: 'conv', layer: this.layer, waits, ...body };
    this.pushTask(instruction, convTaskCycles(instruction, this.configuration), body.accumulateIn === 1);
  }

  lane(body: Body<LaneInstruction>, use: LaneUse): void {
    const waits = noWaits();
    const count = this.timed.lane.length + 1;
    this.read('laneInput', use.input, 'load', waits, count);
    if (use.weight !== undefined) this.read('laneWeight', use.weight, 'load', waits, count);
    if (use.parameter !== undefined) this.read('laneParameter', use.parameter, 'load', waits, count);
    if (use.table !== undefined) this.read('laneTable', use.table, 'load', waits, count);
    this.write('laneOutput', use.output, waits, count);
    const instruction: LaneInstruction = { unit: 'lane', layer: this.layer, waits, ...body };
    this.pushTask(instruction, laneTaskCycles(instruction, this.configuration), false);
  }

  store(source: 'conv' | 'lane', range: BufferRange, box: MemoryBox, region: TensorRegion, layerEnd: boolean): void {
    const waits = noWaits();
    const count = this.timed.store.length + 1;
    this.read(source === 'conv' ? 'convOutput' : 'laneOutput', range, source, waits, count);
    const tensor = this.tensors[region.tensor];
    if (tensor.freedAfterLoad < 0) tensor.freedAfterLoad = this.freedBy[region.tensor].reduce((latest, other) => Math.max(latest, this.tensors[other].lastLoad), 0);
    waits.load = Math.max(waits.load, tensor.freedAfterLoad);
    tensor.addStore(region, count);
    const start = Math.max(this.waitsMet('store', waits), this.writes.readyFrom);
    const finish = this.writes.transfer(box, start) + storeDoneCycles;
    this.push({ unit: 'store', layer: this.layer, waits, source, bufferBase: range.base, layerEnd: layerEnd ? 1 : 0, ...box }, start, finish);
  }

  private buffer(name: BufferName): BufferAccess {
    let access = this.buffers.get(name);
    if (access === undefined) {
      access = { writes: new AccessList(), reads: new AccessList() };
      this.buffers.set(name, access);
    }
    return access;
  }

  /** Waits for what `writer` put into the range. */
  private read(name: BufferName, { base, size }: BufferRange, writer: Unit, waits: Waits, count: number): void {
    const access = this.buffer(name);
    waits[writer] = Math.max(waits[writer], access.writes.latest(base, base + size));
    access.reads.add(base, base + size, count);
  }

  /** Waits until the store unit has read what lay in the range. */
  private write(name: 'convOutput' | 'laneOutput', { base, size }: BufferRange, waits: Waits, count: number): void {
    const access = this.buffer(name);
    waits.store = Math.max(waits.store, access.reads.latest(base, base + size));
    access.writes.add(base, base + size, count);
  }

  /** Raises the waits to what earlier instructions of the unit waited for, and tells when they are met. */
  private waitsMet(unit: Unit, waits: Waits): number {
    const soFar = this.waitsSoFar[unit];
    const before = this.timed[unit];
    let met = before.length === 0 ? 0 : before[before.length - 1].start + 1;
    for (const other of units) {
      // Keeps the counts that instructions name close behind the units.
      waits[other] = soFar[other] = Math.max(waits[other], soFar[other]);
      met = Math.max(met, this.finish[other][waits[other]]);
    }
    return met;
  }

  /** An engine takes its next task while the one before drains, but no third one. */
  private pushTask(instruction: ConvInstruction | LaneInstruction, { occupiedCycles, lastStepCycle }: TaskCycles, drained: boolean): void {
    const { unit } = instruction;
    const finished = this.finish[unit];
    const emptied = finished[finished.length - (drained ? 1 : 2)] ?? 0;
    const start = Math.max(this.waitsMet(unit, instruction.waits), this.sequencerFree[unit], emptied);
    this.sequencerFree[unit] = start + occupiedCycles + 1;
    this.push(instruction, start, start + lastStepCycle + this.drainCycles[unit]);
  }

  private push(instruction: LoadInstruction | ConvInstruction | LaneInstruction | StoreInstruction, start: number, done: number): void {
    this.timed[instruction.unit].push({ instruction, start });
    this.finish[instruction.unit].push(done + finishedVisibleCycles);
  }
}

function noWaits(): Waits {
  return { load: 0, conv: 0, lane: 0, store: 0 };
}

function last(values: readonly number[]): number {
  return values[values.length - 1];
}
