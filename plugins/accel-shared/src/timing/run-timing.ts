import { ChipError, type MemoryModel, type UnitCycles } from '@autodnnchip/core';

import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { ConvInstruction, Instruction, LaneInstruction, LoadInstruction, StoreInstruction, Waits } from '../program/instruction.js';
import {
  blockEntryCycles, convDrainCycles, dispatchCycles, finishedVisibleCycles, laneDrainCycles, loadDoneCycles, storeDoneCycles,
} from './constants.js';
import { ReadChannel, WriteChannel } from './memory-channel.js';
import { SharedBandwidth, type BurstObserver } from './shared-bandwidth.js';
import { convTaskCycles, laneTaskCycles } from './task-cycles.js';
import { UnitTimeline } from './unit-timeline.js';

export const unitNames = ['load', 'conv', 'lane', 'store'] as const;
export type UnitName = (typeof unitNames)[number];

/** What the chip records when a layer ends. */
export interface LayerTiming {
  /** Value of the cycle counter: cycles since the start. */
  readonly endCycle: number;
  /** Counters since the start. */
  readonly units: Readonly<Record<UnitName, UnitCycles>>;
}

export interface ProgramTiming {
  /** The chip's CYCLES register when the program is done. */
  readonly totalCycles: number;
  readonly layers: readonly LayerTiming[];
}

/** Units that make what a unit takes in; the others only free what it needs. As the PRODUCERS parameters in accel_shared.sv. */
const producers: Readonly<Record<UnitName, readonly UnitName[]>> = { load: ['store'], conv: ['load'], lane: ['load'], store: ['conv', 'lane'] };

/** The cycle counter and the others are 32 bits wide: `layer_recorder.sv`. */
const mostCycles = 2 ** 32 - 1;

/** When an instruction is at its queue's head, when its waits are met, and until when it waits for a producer. */
interface Gate {
  readonly headFrom: number;
  readonly readyFrom: number;
  readonly inputUntil: number;
}

/** A transfer that has started and not ended. */
interface StartedTransfer<Kind> {
  readonly instruction: Kind;
  readonly gate: Gate;
  readonly start: number;
}

/** Queue, start and drain bookkeeping of one unit. */
class Unit<Kind extends Instruction> {
  readonly queue: Kind[] = [];
  /** Cycle in which each entry of the queue was pushed. */
  readonly pushed: number[] = [];
  /** Start cycle of every queue entry that has started, the load of block 0 included. */
  readonly starts: number[] = [];
  /** Cycle in which each finished instruction becomes visible to waiting heads; entry n-1 answers "n finished". */
  readonly visible: number[] = [];
  readonly timeline = new UnitTimeline();
  /** Cycle of the done pulse of each instruction of an engine. */
  readonly done: number[] = [];
  /** First cycle in which its sequencer is free. */
  freeFrom = 0;

  get head(): Kind | undefined { return this.queue[this.starts.length]; }

  push(instruction: Kind, cycle: number): void {
    this.queue.push(instruction);
    this.pushed.push(cycle);
  }

  addWaits({ headFrom, inputUntil, readyFrom }: Gate): void {
    this.timeline.addWaitInput(headFrom, inputUntil);
    this.timeline.addWaitOutput(Math.max(headFrom, inputUntil), readyFrom);
  }
}

/**
 * Runs a program on the chip's timing: the max-plus recurrence over instructions and bursts, exact against the RTL and the
 * memory model. Cost follows instructions and bursts, not cycles. `observer` is told of every burst, in the order in which
 * memory serves them. Throws ADC3204 where the chip's counters would overflow.
 */
export function runTiming(
  instructions: readonly Instruction[], programAddress: number, layerCount: number, configuration: AccelSharedConfiguration, memory: MemoryModel, observer?: BurstObserver,
): ProgramTiming {
  return new ProgramRun(instructions, programAddress, layerCount, configuration, memory, observer).run();
}

/**
 * Instructions are handed out and started in program order of each unit as soon as all that decides the cycle is known. What
 * is then still unknown follows from a burst that has not begun, so the burst that is first in time can be decided.
 */
class ProgramRun {
  private readonly units = {
    load: new Unit<LoadInstruction>(), conv: new Unit<ConvInstruction>(), lane: new Unit<LaneInstruction>(), store: new Unit<StoreInstruction>(),
  };
  private readonly reads: ReadChannel;
  private readonly writes: WriteChannel;
  private readonly shared: SharedBandwidth;
  private readonly layerEnds: number[];
  private readonly drainCycles: Readonly<Record<'conv' | 'lane', number>>;
  private readonly dispatch: number;
  private readonly blockEntry: number;
  /** Cycle of the pulse that says block b has arrived. */
  private readonly blockArrivals: number[] = [];
  private readonly loading: StartedTransfer<LoadInstruction>[] = [];
  private loaded = 0;
  private storing: StartedTransfer<StoreInstruction> | undefined;
  private index = 0;
  private push = 0;
  private halted = 0;

  constructor(
    private readonly instructions: readonly Instruction[], programAddress: number, layerCount: number, private readonly configuration: AccelSharedConfiguration,
    memory: MemoryModel, observer: BurstObserver | undefined,
  ) {
    this.reads = new ReadChannel(configuration, memory);
    this.writes = new WriteChannel(configuration, memory);
    this.shared = new SharedBandwidth(configuration, memory, this.reads, this.writes, observer);
    this.layerEnds = new Array<number>(layerCount).fill(0);
    this.drainCycles = { conv: convDrainCycles(configuration), lane: laneDrainCycles(configuration) };
    this.dispatch = dispatchCycles(configuration);
    this.blockEntry = blockEntryCycles(configuration);
    this.units.load.push({
      unit: 'load', layer: 0, waits: { load: 0, conv: 0, lane: 0, store: 0 }, target: 'program', bufferBase: 0, address: programAddress,
      rowWords: configuration.programBlock * instructionWords(configuration), rowCount: 1, rowStride: 0, planeCount: 1, planeStride: 0,
    }, 0);
  }

  run(): ProgramTiming {
    this.advance();
    while (this.reads.waiting || this.writes.waiting) {
      const couldLoad = this.reads.announcedAll;
      const { isRead, boxEnds } = this.shared.beginNext();
      if (boxEnds) {
        if (isRead) this.finishLoad();
        else this.finishStore();
      }
      if (boxEnds || couldLoad !== this.reads.announcedAll) this.advance();
    }
    const { units, layerEnds } = this;
    for (const name of unitNames) {
      const unit: Unit<Instruction> = units[name];
      if (unit.head !== undefined) throw new ChipError('ADC9001', `The program waits for ever: instruction ${unit.starts.length} of the ${name} unit never starts.`);
    }
    let drained = this.halted;
    for (const name of unitNames) drained = Math.max(drained, units[name].visible.at(-1) ?? 0);
    if (drained + 1 > mostCycles) {
      throw new ChipError('ADC3204', `The program takes ${drained + 1} cycles; the chip's counters of 32 bits hold ${mostCycles}.`, {
        hint: 'Choose a larger chip, a faster memory or a smaller network.',
      });
    }
    const layers = layerEnds.map((endCycle) => ({
      endCycle,
      units: {
        load: units.load.timeline.countUntil(endCycle), conv: units.conv.timeline.countUntil(endCycle),
        lane: units.lane.timeline.countUntil(endCycle), store: units.store.timeline.countUntil(endCycle),
      },
    }));
    return { totalCycles: drained + 1, layers };
  }

  /** Hands out and starts all instructions whose cycles are known. */
  private advance(): void {
    for (let moved = true; moved;) {
      moved = false;
      while (this.dispatchNext()) moved = true;
      while (this.startLoad()) moved = true;
      while (this.startEngine('conv')) moved = true;
      while (this.startEngine('lane')) moved = true;
      if (this.startStore()) moved = true;
    }
  }

  private dispatchNext(): boolean {
    if (this.index >= this.instructions.length) return false;
    const instruction = this.instructions[this.index];
    const { programBlock, queueDepth } = this.configuration;
    let push = this.push + this.dispatch;
    if (this.index % programBlock === 0) {
      // A block is entered once it has arrived and the block before has been handed out.
      const arrival = this.blockArrivals[this.index / programBlock];
      if (arrival === undefined) return false;
      push = Math.max(arrival, this.push) + this.blockEntry;
    }
    if (instruction.unit === 'halt') {
      this.halted = push + 1;
      this.index = this.instructions.length;
      return false;
    }
    const { queue, starts } = this.units[instruction.unit];
    if (queue.length >= queueDepth) {
      const room = starts[queue.length - queueDepth];
      if (room === undefined) return false;
      push = Math.max(push, room + 1);
    }
    this.push = push;
    this.index++;
    switch (instruction.unit) {
      case 'load': this.units.load.push(instruction, push); break;
      case 'conv': this.units.conv.push(instruction, push); break;
      case 'lane': this.units.lane.push(instruction, push); break;
      case 'store': this.units.store.push(instruction, push); break;
    }
    return true;
  }

  /** Undefined where a wait is not known to be met yet. */
  private gate(name: UnitName, waits: Waits): Gate | undefined {
    const { starts, pushed } = this.units[name];
    const previous = starts.length === 0 ? -1 : starts[starts.length - 1];
    const headFrom = Math.max(pushed[starts.length], previous) + 1;
    let readyFrom = headFrom;
    let inputUntil = headFrom;
    for (const other of unitNames) {
      if (waits[other] <= 0) continue;
      const visible = this.units[other].visible[waits[other] - 1];
      if (visible === undefined) return undefined;
      if (visible > readyFrom) readyFrom = visible;
      if (visible > inputUntil && producers[name].includes(other)) inputUntil = visible;
    }
    return { headFrom, readyFrom, inputUntil };
  }

  private startLoad(): boolean {
    const unit = this.units.load;
    const instruction = unit.head;
    if (instruction === undefined || !this.reads.announcedAll) return false;
    const gate = this.gate('load', instruction.waits);
    if (gate === undefined) return false;
    const start = Math.max(gate.readyFrom, this.reads.readyFrom);
    unit.starts.push(start);
    this.loading.push({ instruction, gate, start });
    this.reads.start(instruction, start);
    return true;
  }

  private finishLoad(): void {
    const unit = this.units.load;
    const { instruction, gate, start } = this.loading[this.loaded];
    const { lastBeat } = this.reads;
    unit.addWaits(gate);
    unit.timeline.addBusy(start + 1, lastBeat + 1);
    const done = lastBeat + loadDoneCycles;
    // The load of block 0 is the start command's: it counts for nobody.
    if (this.loaded > 0) unit.visible.push(done + finishedVisibleCycles);
    if (instruction.target === 'program') this.blockArrivals.push(done);
    this.loaded++;
  }

  private startEngine(name: 'conv' | 'lane'): boolean {
    const unit = this.units[name];
    const instruction = unit.head;
    if (instruction === undefined) return false;
    const gate = this.gate(name, instruction.waits);
    if (gate === undefined) return false;
    const { configuration } = this;
    const occupied = instruction.unit === 'conv' ? convTaskCycles(instruction, configuration) : laneTaskCycles(instruction, configuration);
    const drained = instruction.unit === 'conv' && instruction.accumulateIn === 1;
    const pipelineFree = unit.done[unit.done.length - (drained ? 1 : 2)] ?? -1;
    const start = Math.max(gate.readyFrom, unit.freeFrom, pipelineFree + 1);
    unit.addWaits(gate);
    unit.timeline.addBusy(gate.readyFrom, start + occupied + 1);
    unit.starts.push(start);
    unit.freeFrom = start + occupied + 1;
    const done = start + occupied + this.drainCycles[name];
    unit.done.push(done);
    unit.visible.push(done + finishedVisibleCycles);
    return true;
  }

  private startStore(): boolean {
    const unit = this.units.store;
    const instruction = unit.head;
    if (instruction === undefined || this.storing !== undefined) return false;
    const gate = this.gate('store', instruction.waits);
    if (gate === undefined) return false;
    const start = Math.max(gate.readyFrom, this.writes.readyFrom);
    unit.starts.push(start);
    this.storing = { instruction, gate, start };
    this.writes.start(instruction, start);
    return true;
  }

  private finishStore(): void {
    if (this.storing === undefined) throw new Error('No store has started');
    const unit = this.units.store;
    const { instruction, gate, start } = this.storing;
    const { lastAnswer } = this.writes;
    unit.addWaits(gate);
    unit.timeline.addBusy(start + 1, lastAnswer + 1);
    unit.visible.push(lastAnswer + storeDoneCycles + finishedVisibleCycles);
    if (instruction.layerEnd === 1) this.layerEnds[instruction.layer] = lastAnswer + storeDoneCycles;
    this.storing = undefined;
  }
}
