import type { MemoryModel } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvInstruction, LaneInstruction, LoadInstruction, LoadTarget, MemoryBox, StoreInstruction, Waits } from '../program/instruction.js';
import { convDrainCycles, finishedVisibleCycles, laneDrainCycles, loadDoneCycles, storeDoneCycles } from '../timing/constants.js';
import { ReadChannel, WriteChannel } from '../timing/memory-channel.js';
import { convTaskCycles, laneTaskCycles } from '../timing/task-cycles.js';
import { AccessList, type TensorAccess, type TensorRegion } from './access-list.js';
import { boxCycles, type CostModel } from './cost-model.js';

export type Unit = 'load' | 'conv' | 'lane' | 'store';
export const units: readonly Unit[] = ['load', 'conv', 'lane', 'store'];

/** Rows or words of a buffer. */
export interface BufferRange {
  readonly base: number;
  readonly size: number;
}

type DataTarget = Exclude<LoadTarget, 'program'>;

/** Uses of one buffer by the unit that fills it and the one that empties it. */
class BufferAccess {
  readonly writes = new AccessList();
  readonly reads = new AccessList();
}

/** What a conv instruction reads and writes on the chip. */
export interface ConvUse {
  readonly activation: BufferRange;
  readonly weight: BufferRange;
  /** Undefined where partial sums go out. */
  readonly parameter: BufferRange | undefined;
  readonly output: BufferRange | undefined;
}

/** What a lane instruction reads and writes on the chip. */
export interface LaneUse {
  readonly input: BufferRange;
  readonly weight: BufferRange | undefined;
  readonly parameter: BufferRange | undefined;
  readonly table: BufferRange | undefined;
  readonly output: BufferRange;
}

type DataInstruction = LoadInstruction | ConvInstruction | LaneInstruction | StoreInstruction;

/** Instructions of one unit in program order, with their estimated starts. */
export class UnitProgram {
  readonly instructions: DataInstruction[] = [];
  readonly starts: number[] = [];
  /** When the n-th instruction is seen to be finished; entry 0 is the start of the program. */
  readonly finished: number[] = [0];
  /** Largest waits so far: what an earlier instruction of the unit waited for is waited for. */
  readonly waits: Waits = noWaits();

  get count(): number {
    return this.instructions.length;
  }
}

/**
 * Takes instructions in the order in which they would run one after another, fills in what each has to wait for, and
 * estimates when it starts. `waits` name every instruction whose result is read (RAW), whose operand is overwritten (WAR)
 * or whose result is overwritten (WAW), unless the unit's own order sees to it. The timing is that of the chip, dispatch
 * and program loads left out.
 */
export class ProgramBuilder {
  readonly load: UnitProgram = new UnitProgram();
  readonly conv: UnitProgram = new UnitProgram();
  readonly lane: UnitProgram = new UnitProgram();
  readonly store: UnitProgram = new UnitProgram();
  private readonly buffers: Readonly<Record<DataTarget | 'convOutput' | 'laneOutput', BufferAccess>> = {
    activation: new BufferAccess(), weight: new BufferAccess(), convParameter: new BufferAccess(), convOutput: new BufferAccess(),
    laneInput: new BufferAccess(), laneWeight: new BufferAccess(), laneParameter: new BufferAccess(), laneTable: new BufferAccess(), laneOutput: new BufferAccess(),
  };
  private readonly reads: ReadChannel;
  private readonly writes: WriteChannel;
  private readonly convDrain: number;
  private readonly laneDrain: number;
  /** First cycle in which an engine's sequencer is free. */
  private convFree = 0;
  private laneFree = 0;
  layer = 0;

  constructor(
    private readonly configuration: AccelSharedConfiguration, private readonly cost: CostModel, memory: MemoryModel,
    private readonly tensors: readonly TensorAccess[], private readonly freedBy: readonly (readonly number[])[],
  ) {
    this.reads = new ReadChannel(configuration, memory);
    this.writes = new WriteChannel(configuration, memory);
    this.convDrain = convDrainCycles(configuration);
    this.laneDrain = laneDrainCycles(configuration);
  }

  /** Estimated cycle at which a region of a feature map has been stored. */
  readyTime(region: TensorRegion): number {
    return this.store.finished[this.tensors[region.tensor].latestStore(region)];
  }

  /** Estimated end of a load into a buffer range if it were given now. */
  loadEnd(target: DataTarget, range: BufferRange, box: MemoryBox): number {
    const free = this.readerOf(target).finished[this.buffers[target].reads.latest(range.base, range.base + range.size)];
    const { finished } = this.load;
    return Math.max(free, finished[finished.length - 1]) + boxCycles(this.cost, box, this.configuration.channelBlock) + this.cost.loadLatency;
  }

  /** `range`: what is written of the target buffer; `region`: the feature map that is read, if it is one. */
  addLoad(target: DataTarget, range: BufferRange, box: MemoryBox, region?: TensorRegion): void {
    const waits = noWaits();
    const count = this.load.count + 1;
    const end = range.base + range.size;
    const buffer = this.buffers[target];
    const freed = buffer.reads.latest(range.base, end);
    if (this.readerOf(target) === this.conv) waits.conv = freed;
    else waits.lane = freed;
    if (region !== undefined) {
      const tensor = this.tensors[region.tensor];
      waits.store = tensor.latestStore(region);
      tensor.lastLoad = count;
    }
    buffer.writes.add(range.base, end, count);
    const start = Math.max(this.waitsMet(this.load, waits), this.reads.readyFrom);
    const { address, rowWords, rowCount, rowStride, planeCount, planeStride } = box;
    append(
      this.load, { unit: 'load', layer: this.layer, waits, target, bufferBase: range.base, address, rowWords, rowCount, rowStride, planeCount, planeStride },
      start, this.reads.transfer(box, start) + loadDoneCycles,
    );
  }

  /** `instruction` comes with all fields set but its waits, which are set here. */
  addConv(instruction: ConvInstruction, use: ConvUse): void {
    const { waits } = instruction;
    const count = this.conv.count + 1;
    waits.load = Math.max(read(this.buffers.activation, use.activation, count), read(this.buffers.weight, use.weight, count));
    if (use.parameter !== undefined) waits.load = Math.max(waits.load, read(this.buffers.convParameter, use.parameter, count));
    // Partial sums belong to the conv unit alone, which begins what continues them once it has drained.
    if (use.output !== undefined) waits.store = overwrite(this.buffers.convOutput, use.output, count);
    const emptied = instruction.accumulateIn === 1 ? 1 : 2;
    const start = Math.max(this.waitsMet(this.conv, waits), this.convFree, this.conv.finished[Math.max(0, count - emptied)]);
    const cycles = convTaskCycles(instruction, this.configuration);
    this.convFree = start + cycles + 1;
    append(this.conv, instruction, start, start + cycles + this.convDrain);
  }

  /** `instruction` comes with all fields set but its waits, which are set here. */
  addLane(instruction: LaneInstruction, use: LaneUse): void {
    const { waits } = instruction;
    const count = this.lane.count + 1;
    waits.load = read(this.buffers.laneInput, use.input, count);
    if (use.weight !== undefined) waits.load = Math.max(waits.load, read(this.buffers.laneWeight, use.weight, count));
    if (use.parameter !== undefined) waits.load = Math.max(waits.load, read(this.buffers.laneParameter, use.parameter, count));
    if (use.table !== undefined) waits.load = Math.max(waits.load, read(this.buffers.laneTable, use.table, count));
    waits.store = overwrite(this.buffers.laneOutput, use.output, count);
    const start = Math.max(this.waitsMet(this.lane, waits), this.laneFree, this.lane.finished[Math.max(0, count - 2)]);
    const cycles = laneTaskCycles(instruction, this.configuration);
    this.laneFree = start + cycles + 1;
    append(this.lane, instruction, start, start + cycles + this.laneDrain);
  }

  addStore(source: 'conv' | 'lane', range: BufferRange, box: MemoryBox, region: TensorRegion, layerEnd: boolean): void {
    const waits = noWaits();
    const count = this.store.count + 1;
    if (source === 'conv') waits.conv = read(this.buffers.convOutput, range, count);
    else waits.lane = read(this.buffers.laneOutput, range, count);
    const tensor = this.tensors[region.tensor];
    if (tensor.freedAfterLoad < 0) tensor.freedAfterLoad = this.freedBy[region.tensor].reduce((latest, other) => Math.max(latest, this.tensors[other].lastLoad), 0);
    waits.load = tensor.freedAfterLoad;
    tensor.addStore(region, count);
    const start = Math.max(this.waitsMet(this.store, waits), this.writes.readyFrom);
    const { address, rowWords, rowCount, rowStride, planeCount, planeStride } = box;
    append(
      this.store,
      { unit: 'store', layer: this.layer, waits, source, bufferBase: range.base, layerEnd: layerEnd ? 1 : 0, address, rowWords, rowCount, rowStride, planeCount, planeStride },
      start, this.writes.transfer(box, start) + storeDoneCycles,
    );
  }

  private readerOf(target: DataTarget): UnitProgram {
    return target === 'activation' || target === 'weight' || target === 'convParameter' ? this.conv : this.lane;
  }

  /** Raises the waits to those of the unit's earlier instructions, which keeps them close behind; tells when they are met. */
  private waitsMet(unit: UnitProgram, waits: Waits): number {
    const before = unit.waits;
    waits.load = before.load = Math.max(waits.load, before.load);
    waits.conv = before.conv = Math.max(waits.conv, before.conv);
    waits.lane = before.lane = Math.max(waits.lane, before.lane);
    waits.store = before.store = Math.max(waits.store, before.store);
    return Math.max(
      unit.count === 0 ? 0 : unit.starts[unit.count - 1] + 1,
      this.load.finished[waits.load], this.conv.finished[waits.conv], this.lane.finished[waits.lane], this.store.finished[waits.store],
    );
  }
}

function append(unit: UnitProgram, instruction: DataInstruction, start: number, done: number): void {
  unit.instructions.push(instruction);
  unit.starts.push(start);
  unit.finished.push(done + finishedVisibleCycles);
}

/** Instruction `count` reads the range: returns the last one that wrote any of it. */
function read(buffer: BufferAccess, { base, size }: BufferRange, count: number): number {
  buffer.reads.add(base, base + size, count);
  return buffer.writes.latest(base, base + size);
}

/** Instruction `count` overwrites the range: returns the last one that read any of it. */
function overwrite(buffer: BufferAccess, { base, size }: BufferRange, count: number): number {
  buffer.writes.add(base, base + size, count);
  return buffer.reads.latest(base, base + size);
}

export function noWaits(): Waits {
  return { load: 0, conv: 0, lane: 0, store: 0 };
}
