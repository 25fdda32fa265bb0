import { ChipError, type MemoryModel, type UnitCycles } from '@autodnnchip/core';
import { EnginePipeline } from '@autodnnchip/core/engine';

import { chipOf, loadUnit, type Chip } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction, LoadInstruction, StoreInstruction } from '../program/instruction.js';
import {
  blockEntryCycles,
  dispatchCycles,
  finishedVisibleCycles,
  loadDoneCycles,
  storeDoneCycles,
} from './constants.js';
import { ReadChannel, WriteChannel } from './memory-channel.js';
import { SharedBandwidth, type BurstObserver } from './shared-bandwidth.js';
import { UnitTimeline } from './unit-timeline.js';

/** What the chip records when a layer ends. */
export interface LayerTiming {
  /** Value of the cycle counter: cycles since the start. */
  readonly endCycle: number;
  /** Counters since the start, by unit. */
  readonly units: readonly UnitCycles[];
}

export interface ProgramTiming {
  /** The chip's CYCLES register when the program is done. */
  readonly totalCycles: number;
  readonly layers: readonly LayerTiming[];
}

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

/** Queue and start bookkeeping of one unit. */
class Unit {
  readonly queue: Instruction[] = [];
  /** Cycle in which each entry of the queue was pushed. */
  readonly pushed: number[] = [];
  /** Start cycle of every queue entry that has started, the load of block 0 included. */
  readonly starts: number[] = [];
  /** Cycle in which each finished instruction becomes visible to waiting heads; entry n-1 answers "n finished". */
  readonly visible: number[] = [];
  readonly timeline = new UnitTimeline();

  get head(): Instruction | undefined {
    return this.queue[this.starts.length];
  }

  push(instruction: Instruction, cycle: number): void {
    this.queue.push(instruction);
    this.pushed.push(cycle);
  }

  addWaits({ headFrom, inputUntil, readyFrom }: Gate): void {
    this.timeline.addWaitInput(headFrom, inputUntil);
    this.timeline.addWaitOutput(Math.max(headFrom, inputUntil), readyFrom);
  }
}

/**
 * Runs a program on the chip's timing: the max-plus recurrence over instructions and bursts, exact against the RTL and
 * the memory model. Cost follows instructions and bursts, not cycles. `observer` is told of every burst, in the order
 * in which memory serves them. Throws ADC3204 where the chip's counters would overflow.
 */
export function runTiming(
  instructions: readonly Instruction[],
  programAddress: number,
  layerCount: number,
  configuration: AccelSharedConfiguration,
  memory: MemoryModel,
  observer?: BurstObserver,
): ProgramTiming {
  return new ProgramRun(instructions, programAddress, layerCount, configuration, memory, observer).run();
}

/**
 * Instructions are handed out and started in program order of each unit as soon as all that decides the cycle is known.
 * What is then still unknown follows from a burst that has not begun, so the burst that is first in time can be
 * decided.
 */
class ProgramRun {
  private readonly chip: Chip;
  private readonly units: readonly Unit[];
  private readonly load: Unit;
  private readonly store: Unit;
  private readonly pipelines: readonly EnginePipeline[];
  private readonly reads: ReadChannel;
  private readonly writes: WriteChannel;
  private readonly shared: SharedBandwidth;
  private readonly layerEnds: number[];
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
    private readonly instructions: readonly Instruction[],
    programAddress: number,
    layerCount: number,
    private readonly configuration: AccelSharedConfiguration,
    memory: MemoryModel,
    observer: BurstObserver | undefined,
  ) {
    const chip = (this.chip = chipOf(configuration));
    this.units = chip.units.map(() => new Unit());
    this.load = this.units[loadUnit];
    this.store = this.units[chip.storeUnit];
    this.pipelines = chip.engines.map(() => new EnginePipeline());
    this.reads = new ReadChannel(configuration, memory);
    this.writes = new WriteChannel(configuration, memory);
    this.shared = new SharedBandwidth(configuration, memory, this.reads, this.writes, observer);
    this.layerEnds = new Array<number>(layerCount).fill(0);
    this.dispatch = dispatchCycles(configuration);
    this.blockEntry = blockEntryCycles(configuration);
    this.load.push(
      {
        kind: 'load',
        unit: loadUnit,
        layer: 0,
        waits: chip.units.map(() => 0),
        target: chip.programTarget,
        bufferBase: 0,
        address: programAddress,
        rowWords: configuration.programBlock * instructionWords(configuration),
        rowCount: 1,
        rowStride: 0,
        planeCount: 1,
        planeStride: 0,
      },
      0,
    );
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
    let drained = this.halted;
    for (const [index, unit] of units.entries()) {
      if (unit.head !== undefined)
        throw new ChipError(
          'ADC9001',
          `The program waits for ever: instruction ${unit.starts.length} of the ${this.chip.units[index].name} unit never starts.`,
        );
      drained = Math.max(drained, unit.visible.at(-1) ?? 0);
    }
    if (drained + 1 > mostCycles) {
      throw new ChipError(
        'ADC3204',
        `The program takes ${drained + 1} cycles; the chip's counters of 32 bits hold ${mostCycles}.`,
        {
          hint: 'Choose a larger chip, a faster memory or a smaller network.',
        },
      );
    }
    const layers = layerEnds.map(endCycle => ({
      endCycle,
      units: units.map(({ timeline }) => timeline.countUntil(endCycle)),
    }));
    return { totalCycles: drained + 1, layers };
  }

  /** Hands out and starts all instructions whose cycles are known. */
  private advance(): void {
    for (let moved = true; moved;) {
      moved = false;
      while (this.dispatchNext()) moved = true;
      for (let unit = 0; unit < this.units.length; unit++) while (this.start(unit)) moved = true;
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
    if (instruction.kind === 'halt') {
      this.halted = push + 1;
      this.index = this.instructions.length;
      return false;
    }
    const unit = this.units[instruction.unit];
    const { queue, starts } = unit;
    if (queue.length >= queueDepth) {
      const room = starts[queue.length - queueDepth];
      if (room === undefined) return false;
      push = Math.max(push, room + 1);
    }
    this.push = push;
    this.index++;
    unit.push(instruction, push);
    return true;
  }

  /** Undefined where a wait is not known to be met yet. */
  private gate(index: number, waits: readonly number[]): Gate | undefined {
    const { starts, pushed } = this.units[index];
    const { producers } = this.chip.units[index];
    const previous = starts.length === 0 ? -1 : starts[starts.length - 1];
    const headFrom = Math.max(pushed[starts.length], previous) + 1;
    let readyFrom = headFrom;
    let inputUntil = headFrom;
    for (let other = 0; other < waits.length; other++) {
      if (waits[other] <= 0) continue;
      const visible = this.units[other].visible[waits[other] - 1];
      if (visible === undefined) return undefined;
      if (visible > readyFrom) readyFrom = visible;
      if (visible > inputUntil && producers.includes(other)) inputUntil = visible;
    }
    return { headFrom, readyFrom, inputUntil };
  }

  /** Starts the instruction at the head of a unit's queue, where its cycle is known. */
  private start(unit: number): boolean {
    switch (this.chip.units[unit].kind) {
      case 'load':
        return this.startLoad();
      case 'engine':
        return this.startTask(unit - 1);
      case 'store':
        return this.startStore();
    }
  }

  private startLoad(): boolean {
    const unit = this.load;
    const instruction = unit.head;
    if (instruction?.kind !== 'load' || !this.reads.announcedAll) return false;
    const gate = this.gate(loadUnit, instruction.waits);
    if (gate === undefined) return false;
    const start = Math.max(gate.readyFrom, this.reads.readyFrom);
    unit.starts.push(start);
    this.loading.push({ instruction, gate, start });
    this.reads.start(instruction, start);
    return true;
  }

  private finishLoad(): void {
    const unit = this.load;
    const { instruction, gate, start } = this.loading[this.loaded];
    const { lastBeat } = this.reads;
    unit.addWaits(gate);
    unit.timeline.addBusy(start + 1, lastBeat + 1);
    const done = lastBeat + loadDoneCycles;
    // The load of block 0 is the start command's: it counts for nobody.
    if (this.loaded > 0) unit.visible.push(done + finishedVisibleCycles);
    if (instruction.target === this.chip.programTarget) this.blockArrivals.push(done);
    this.loaded++;
  }

  private startTask(engine: number): boolean {
    const unit = this.units[engine + 1];
    const instruction = unit.head;
    if (instruction?.kind !== 'task') return false;
    const gate = this.gate(engine + 1, instruction.waits);
    if (gate === undefined) return false;
    const pipeline = this.pipelines[engine];
    const timing = this.chip.engines[engine].timing(instruction.task);
    const start = Math.max(gate.readyFrom, pipeline.earliestStart(timing));
    const done = pipeline.add(timing, start);
    unit.addWaits(gate);
    unit.timeline.addBusy(gate.readyFrom, pipeline.firstStageLeft);
    unit.starts.push(start);
    unit.visible.push(done + finishedVisibleCycles);
    return true;
  }

  private startStore(): boolean {
    const unit = this.store;
    const instruction = unit.head;
    if (instruction?.kind !== 'store' || this.storing !== undefined) return false;
    const gate = this.gate(this.chip.storeUnit, instruction.waits);
    if (gate === undefined) return false;
    const start = Math.max(gate.readyFrom, this.writes.readyFrom);
    unit.starts.push(start);
    this.storing = { instruction, gate, start };
    this.writes.start(instruction, start);
    return true;
  }

  private finishStore(): void {
    if (this.storing === undefined) throw new Error('No store has started');
    const unit = this.store;
    const { instruction, gate, start } = this.storing;
    const { lastAnswer } = this.writes;
    unit.addWaits(gate);
    unit.timeline.addBusy(start + 1, lastAnswer + 1);
    unit.visible.push(lastAnswer + storeDoneCycles + finishedVisibleCycles);
    if (instruction.layerEnd === 1) this.layerEnds[instruction.layer] = lastAnswer + storeDoneCycles;
    this.storing = undefined;
  }
}
