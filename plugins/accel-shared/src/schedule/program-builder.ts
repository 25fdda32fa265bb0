import type { AccelSharedConfiguration } from '../configuration.js';
import { convRequantizeSteps } from '../lowering/conv-partitions.js';
import type { ConvInstruction, Instruction, LaneInstruction, LoadInstruction, LoadTarget, MemoryBox, StoreInstruction, Waits } from '../program/instruction.js';
import { AccessList, TensorAccess, type TensorRegion } from './access-list.js';
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
  private readonly requantize: number;
  layer = 0;

  constructor(
    private readonly configuration: AccelSharedConfiguration, private readonly cost: CostModel,
    private readonly tensors: readonly TensorAccess[], private readonly freedBy: readonly (readonly number[])[],
  ) {
    this.requantize = convRequantizeSteps(configuration);
  }

  /** Estimated cycle at which the load unit has done what it was given. */
  get loadFree(): number {
    return last(this.finish.load);
  }

  /** Estimated cycle at which a region of a feature map has been stored. */
  readyTime(region: TensorRegion): number {
    return this.finish.store[this.tensors[region.tensor].latestStore(region)];
  }

  /** Estimated end of a load into a buffer range if it were given now. */
  loadEnd(target: Exclude<LoadTarget, 'program'>, range: BufferRange, box: MemoryBox): number {
    const reader = target.startsWith('lane') ? 'lane' : 'conv';
    const free = this.finish[reader][this.buffer(target).reads.latest(range.base, range.base + range.size)];
    return Math.max(free, this.loadFree) + this.loadCycles(box);
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
    this.push({ unit: 'load', layer: this.layer, waits, target, bufferBase: range.base, ...box }, this.loadCycles(box));
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
    const steps = Math.max(body.repeat * body.kernelHeight * body.kernelWidth * body.blocks, this.requantize);
    this.push({ unit: 'conv', layer: this.layer, waits, ...body }, body.outputWidth * body.outputHeight * steps + this.cost.engineOverhead);
  }

  lane(body: Body<LaneInstruction>, use: LaneUse): void {
    const waits = noWaits();
    const count = this.timed.lane.length + 1;
    this.read('laneInput', use.input, 'load', waits, count);
    if (use.weight !== undefined) this.read('laneWeight', use.weight, 'load', waits, count);
    if (use.parameter !== undefined) this.read('laneParameter', use.parameter, 'load', waits, count);
    if (use.table !== undefined) this.read('laneTable', use.table, 'load', waits, count);
    this.write('laneOutput', use.output, waits, count);
    const { laneBlocks, laneRequantizeDivider } = this.configuration;
    const steps = Math.max(body.kernelHeight * body.kernelWidth * body.operands, laneBlocks * laneRequantizeDivider);
    this.push({ unit: 'lane', layer: this.layer, waits, ...body }, body.outputWidth * body.outputHeight * body.groups * steps + this.cost.engineOverhead);
  }

  store(source: 'conv' | 'lane', range: BufferRange, box: MemoryBox, region: TensorRegion, layerEnd: boolean): void {
    const waits = noWaits();
    const count = this.timed.store.length + 1;
    this.read(source === 'conv' ? 'convOutput' : 'laneOutput', range, source, waits, count);
    const tensor = this.tensors[region.tensor];
    if (tensor.freedAfterLoad < 0) tensor.freedAfterLoad = this.freedBy[region.tensor].reduce((latest, other) => Math.max(latest, this.tensors[other].lastLoad), 0);
    waits.load = Math.max(waits.load, tensor.freedAfterLoad);
    tensor.addStore(region, count);
    this.push(
      { unit: 'store', layer: this.layer, waits, source, bufferBase: range.base, layerEnd: layerEnd ? 1 : 0, ...box } satisfies StoreInstruction,
      this.cost.storeLatency + boxCycles(this.cost, box, this.configuration.channelBlock),
    );
  }

  private loadCycles(box: MemoryBox): number {
    return this.cost.loadLatency + boxCycles(this.cost, box, this.configuration.channelBlock);
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

  private push(instruction: LoadInstruction | ConvInstruction | LaneInstruction | StoreInstruction, cycles: number): void {
    const { unit, waits } = instruction;
    const soFar = this.waitsSoFar[unit];
    let start = last(this.finish[unit]);
    for (const other of units) {
      // What an earlier instruction of the unit waited for is waited for: keeps counters close behind their units.
      waits[other] = soFar[other] = Math.max(waits[other], soFar[other]);
      start = Math.max(start, this.finish[other][waits[other]]);
    }
    this.timed[unit].push({ instruction, start });
    this.finish[unit].push(start + Math.max(1, cycles));
  }
}

function noWaits(): Waits {
  return { load: 0, conv: 0, lane: 0, store: 0 };
}

function last(values: readonly number[]): number {
  return values[values.length - 1];
}
