import type { MemoryModel } from '@autodnnchip/core';
import {
  boxCycles,
  type BufferRange,
  type BufferUses,
  type MemoryBox,
  type Task,
  type TensorRegion,
  type TransferCost,
  EnginePipeline,
} from '@autodnnchip/core/engine';

import { chipOf, loadUnit, type Chip } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import type { LoadInstruction, StoreInstruction, TaskInstruction } from '../program/instruction.js';
import { finishedVisibleCycles, loadDoneCycles, storeDoneCycles } from '../timing/constants.js';
import { ReadChannel, WriteChannel } from '../timing/memory-channel.js';
import { AccessList, type TensorAccess } from './access-list.js';

/** Uses of one buffer by the unit that fills it and the one that empties it. */
class BufferAccess {
  readonly writes = new AccessList();
  readonly reads = new AccessList();
}

/** A buffer by the name that its engine gives it. */
interface NamedAccess {
  readonly id: string;
  readonly access: BufferAccess;
}

function byUnit(
  chip: Chip,
  buffers: Chip['loadBuffers'],
  accesses: readonly BufferAccess[],
): readonly (readonly NamedAccess[])[] {
  return chip.units.map((_, unit) =>
    buffers.flatMap((buffer, code) => (buffer.unit === unit ? [{ id: buffer.id, access: accesses[code] }] : [])),
  );
}

type DataInstruction = LoadInstruction | TaskInstruction | StoreInstruction;

/** Instructions of one unit in program order, with their estimated starts. */
export class UnitProgram {
  readonly instructions: DataInstruction[] = [];
  readonly starts: number[] = [];
  /** When the n-th instruction is seen to be finished; entry 0 is the start of the program. */
  readonly finished: number[] = [0];
  /** Largest waits so far: what an earlier instruction of the unit waited for is waited for. */
  readonly waits: number[];

  constructor(unitCount: number) {
    this.waits = new Array<number>(unitCount).fill(0);
  }

  get count(): number {
    return this.instructions.length;
  }
}

/**
 * Takes instructions in the order in which they would run one after another, fills in what each has to wait for, and
 * estimates when it starts. `waits` name every instruction whose result is read (RAW), whose operand is overwritten
 * (WAR) or whose result is overwritten (WAW), unless the unit's own order sees to it. The timing is that of the chip,
 * dispatch and program loads left out.
 */
export class ProgramBuilder {
  /** By unit. */
  readonly programs: readonly UnitProgram[];
  private readonly chip: Chip;
  private readonly load: UnitProgram;
  private readonly store: UnitProgram;
  /** By codes of targets and sources. */
  private readonly loadBuffers: readonly BufferAccess[];
  private readonly storeBuffers: readonly BufferAccess[];
  /** By unit: its own buffers among them, with their names. */
  private readonly unitLoadBuffers: readonly (readonly NamedAccess[])[];
  private readonly unitStoreBuffers: readonly (readonly NamedAccess[])[];
  private readonly pipelines: readonly EnginePipeline[];
  private readonly reads: ReadChannel;
  private readonly writes: WriteChannel;
  layer = 0;
  private count = 0;

  /** `grow` is told of each instruction before it is made how many there will be, and may throw. */
  constructor(
    private readonly configuration: AccelSharedConfiguration,
    private readonly cost: TransferCost,
    memory: MemoryModel,
    private readonly tensors: readonly TensorAccess[],
    private readonly freedBy: readonly (readonly number[])[],
    private readonly grow: (instructionCount: number) => void,
  ) {
    const chip = (this.chip = chipOf(configuration));
    this.programs = chip.units.map(() => new UnitProgram(chip.units.length));
    this.load = this.programs[loadUnit];
    this.store = this.programs[chip.storeUnit];
    this.loadBuffers = chip.loadBuffers.map(() => new BufferAccess());
    this.storeBuffers = chip.storeBuffers.map(() => new BufferAccess());
    this.unitLoadBuffers = byUnit(chip, chip.loadBuffers, this.loadBuffers);
    this.unitStoreBuffers = byUnit(chip, chip.storeBuffers, this.storeBuffers);
    this.pipelines = chip.engines.map(() => new EnginePipeline());
    this.reads = new ReadChannel(configuration, memory);
    this.writes = new WriteChannel(configuration, memory);
  }

  /** Estimated cycle at which a region of a feature map has been stored. */
  readyTime(region: TensorRegion): number {
    return this.store.finished[this.tensors[region.tensor].latestStore(region)];
  }

  /** Estimated end of a load into a buffer range if it were given now. */
  loadEnd(target: number, range: BufferRange, box: MemoryBox): number {
    const { unit } = this.chip.loadBuffers[target];
    const free =
      this.programs[unit].finished[this.loadBuffers[target].reads.latest(range.base, range.base + range.size)];
    const { finished } = this.load;
    return (
      Math.max(free, finished[finished.length - 1]) +
      boxCycles(this.cost, box, this.configuration.channelBlock) +
      this.cost.loadLatency
    );
  }

  /** `range`: what is written of the target buffer; `region`: the feature map that is read, if it is one. */
  addLoad(target: number, range: BufferRange, box: MemoryBox, region?: TensorRegion): void {
    const waits = this.noWaits();
    const count = this.load.count + 1;
    const end = range.base + range.size;
    const buffer = this.loadBuffers[target];
    waits[this.chip.loadBuffers[target].unit] = buffer.reads.latest(range.base, end);
    if (region !== undefined) {
      const tensor = this.tensors[region.tensor];
      waits[this.chip.storeUnit] = tensor.latestStore(region);
      tensor.lastLoad = count;
    }
    buffer.writes.add(range.base, end, count);
    const start = Math.max(this.waitsMet(this.load, waits), this.reads.readyFrom);
    const { address, rowWords, rowCount, rowStride, planeCount, planeStride } = box;
    append(
      this.load,
      {
        kind: 'load',
        unit: loadUnit,
        layer: this.layer,
        waits,
        target,
        bufferBase: range.base,
        address,
        rowWords,
        rowCount,
        rowStride,
        planeCount,
        planeStride,
      },
      start,
      this.reads.transfer(box, start) + loadDoneCycles,
    );
  }

  /**
   * A task of an engine with the rows that it reads of buffers that loads fill and writes of those that stores empty.
   * What the engine keeps to itself is in its timing.
   */
  addTask(unit: number, task: Task, uses: BufferUses): void {
    const waits = this.noWaits();
    const program = this.programs[unit];
    const count = program.count + 1;
    const { engines, storeUnit } = this.chip;
    for (const { id, access } of this.unitLoadBuffers[unit]) {
      const range = uses[id];
      if (range !== undefined) waits[loadUnit] = Math.max(waits[loadUnit], read(access, range, count));
    }
    for (const { id, access } of this.unitStoreBuffers[unit]) {
      const range = uses[id];
      if (range !== undefined) waits[storeUnit] = Math.max(waits[storeUnit], overwrite(access, range, count));
    }
    const pipeline = this.pipelines[unit - 1];
    const timing = engines[unit - 1].timing(task);
    const start = Math.max(this.waitsMet(program, waits), pipeline.earliestStart(timing));
    append(program, { kind: 'task', unit, layer: this.layer, waits, task }, start, pipeline.add(timing, start));
  }

  addStore(source: number, range: BufferRange, box: MemoryBox, region: TensorRegion, layerEnd: boolean): void {
    const waits = this.noWaits();
    const count = this.store.count + 1;
    waits[this.chip.storeBuffers[source].unit] = read(this.storeBuffers[source], range, count);
    const tensor = this.tensors[region.tensor];
    if (tensor.freedAfterLoad < 0)
      tensor.freedAfterLoad = this.freedBy[region.tensor].reduce(
        (latest, other) => Math.max(latest, this.tensors[other].lastLoad),
        0,
      );
    waits[loadUnit] = tensor.freedAfterLoad;
    tensor.addStore(region, count);
    const start = Math.max(this.waitsMet(this.store, waits), this.writes.readyFrom);
    const { address, rowWords, rowCount, rowStride, planeCount, planeStride } = box;
    append(
      this.store,
      {
        kind: 'store',
        unit: this.chip.storeUnit,
        layer: this.layer,
        waits,
        source,
        bufferBase: range.base,
        layerEnd: layerEnd ? 1 : 0,
        address,
        rowWords,
        rowCount,
        rowStride,
        planeCount,
        planeStride,
      },
      start,
      this.writes.transfer(box, start) + storeDoneCycles,
    );
  }

  /** Each instruction begins with it. */
  private noWaits(): number[] {
    this.grow(++this.count);
    return zeros(this.chip.units.length);
  }

  /**
   * Raises the waits to those of the unit's earlier instructions, which keeps them close behind; tells when they are
   * met.
   */
  private waitsMet(program: UnitProgram, waits: number[]): number {
    const before = program.waits;
    let met = program.count === 0 ? 0 : program.starts[program.count - 1] + 1;
    for (let unit = 0; unit < waits.length; unit++) {
      if (before[unit] > waits[unit]) waits[unit] = before[unit];
      else before[unit] = waits[unit];
      met = Math.max(met, this.programs[unit].finished[waits[unit]]);
    }
    return met;
  }
}

/** Literals are several times as fast as filling an array, and each instruction has one. */
function zeros(count: number): number[] {
  switch (count) {
    case 3:
      return [0, 0, 0];
    case 4:
      return [0, 0, 0, 0];
    case 5:
      return [0, 0, 0, 0, 0];
    default:
      return new Array<number>(count).fill(0);
  }
}

function append(program: UnitProgram, instruction: DataInstruction, start: number, done: number): void {
  program.instructions.push(instruction);
  program.starts.push(start);
  program.finished.push(done + finishedVisibleCycles);
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
