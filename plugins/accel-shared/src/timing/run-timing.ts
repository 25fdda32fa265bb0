import { ChipError, type MemoryModel, type UnitCycles } from '@autodnnchip/core';

import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction, MemoryBox, Waits } from '../program/instruction.js';
import {
  blockEntryCycles, convDrainCycles, dispatchCycles, finishedVisibleCycles, laneDrainCycles, loadDoneCycles, storeDoneCycles,
} from './constants.js';
import { ReadChannel, WriteChannel } from './memory-channel.js';
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

/** Start, drain and queue bookkeeping of one unit. */
class Unit {
  /** Cycle in which each finished instruction becomes visible to waiting heads; entry n-1 answers "n finished". */
  readonly visible: number[] = [];
  /** Start cycle of every queue entry, the load of block 0 included. */
  readonly starts: number[] = [];
  readonly timeline = new UnitTimeline();
  /** First cycle in which its sequencer is free. */
  freeFrom = 0;

  visibleAfter(count: number): number {
    if (count <= 0) return 0;
    const visible = this.visible[count - 1];
    if (visible === undefined) throw new ChipError('ADC9001', `The program waits for instruction ${count} of a unit that has been given ${this.visible.length}.`);
    return visible;
  }
}

/**
 * Runs a program on the chip's timing: the max-plus recurrence over instructions, exact against the RTL and the memory model.
 * Cost follows instructions and bursts, not cycles.
 */
export function runTiming(instructions: readonly Instruction[], programAddress: number, layerCount: number, configuration: AccelSharedConfiguration, memory: MemoryModel): ProgramTiming {
  const units: Record<UnitName, Unit> = { load: new Unit(), conv: new Unit(), lane: new Unit(), store: new Unit() };
  const reads = new ReadChannel(configuration, memory);
  const writes = new WriteChannel(configuration, memory);
  const layerEnds: number[] = new Array<number>(layerCount).fill(0);
  const convDrain = convDrainCycles(configuration);
  const laneDrain = laneDrainCycles(configuration);
  const dispatch = dispatchCycles(configuration);
  const blockEntry = blockEntryCycles(configuration);
  const convDone: number[] = [];
  const laneDone: number[] = [];
  /** Cycle of the pulse that says block b has arrived. */
  const blockArrivals: number[] = [];

  function startLoad(box: MemoryBox, pushed: number, waits: Waits, counts: boolean, isProgram: boolean): void {
    const unit = units.load;
    const { headFrom, readyFrom, inputUntil } = gate(unit, 'load', pushed, waits);
    const start = Math.max(readyFrom, reads.readyFrom);
    unit.timeline.addWaitInput(headFrom, inputUntil);
    unit.timeline.addWaitOutput(Math.max(headFrom, inputUntil), readyFrom);
    unit.starts.push(start);
    const lastBeat = reads.transfer(box, start);
    unit.timeline.addBusy(start + 1, lastBeat + 1);
    const done = lastBeat + loadDoneCycles;
    if (counts) unit.visible.push(done + finishedVisibleCycles);
    if (isProgram) blockArrivals.push(done);
  }

  /** When a pushed instruction is at its queue's head, when its waits are met, and until when it waits for a producer. */
  function gate(unit: Unit, name: UnitName, pushed: number, waits: Waits): { headFrom: number; readyFrom: number; inputUntil: number } {
    const previous = unit.starts.length === 0 ? -1 : unit.starts[unit.starts.length - 1];
    const headFrom = Math.max(pushed, previous) + 1;
    let met = headFrom;
    let producersMet = headFrom;
    for (const other of unitNames) {
      const visible = units[other].visibleAfter(waits[other]);
      if (visible > met) met = visible;
      if (visible > producersMet && producers[name].includes(other)) producersMet = visible;
    }
    return { headFrom, readyFrom: met, inputUntil: producersMet };
  }

  function startEngine(name: 'conv' | 'lane', pushed: number, waits: Waits, occupied: number, drained: boolean): void {
    const unit = units[name];
    const dones = name === 'conv' ? convDone : laneDone;
    const { headFrom, readyFrom, inputUntil } = gate(unit, name, pushed, waits);
    const pipelineFree = (drained ? dones[dones.length - 1] : dones[dones.length - 2]) ?? -1;
    const start = Math.max(readyFrom, unit.freeFrom, pipelineFree + 1);
    unit.timeline.addWaitInput(headFrom, inputUntil);
    unit.timeline.addWaitOutput(Math.max(headFrom, inputUntil), readyFrom);
    unit.timeline.addBusy(readyFrom, start + occupied + 1);
    unit.starts.push(start);
    unit.freeFrom = start + occupied + 1;
    const done = start + occupied + (name === 'conv' ? convDrain : laneDrain);
    dones.push(done);
    unit.visible.push(done + finishedVisibleCycles);
  }

  function startStore(instruction: Instruction & { unit: 'store' }, pushed: number): void {
    const unit = units.store;
    const { headFrom, readyFrom, inputUntil } = gate(unit, 'store', pushed, instruction.waits);
    const start = Math.max(readyFrom, writes.readyFrom);
    unit.timeline.addWaitInput(headFrom, inputUntil);
    unit.timeline.addWaitOutput(Math.max(headFrom, inputUntil), readyFrom);
    unit.starts.push(start);
    const answered = writes.transfer(instruction, start);
    unit.timeline.addBusy(start + 1, answered + 1);
    unit.visible.push(answered + storeDoneCycles + finishedVisibleCycles);
    if (instruction.layerEnd === 1) layerEnds[instruction.layer] = answered + storeDoneCycles;
  }

  const programWords = configuration.programBlock * instructionWords(configuration);
  const firstBlock: MemoryBox = { address: programAddress, rowWords: programWords, rowCount: 1, rowStride: 0, planeCount: 1, planeStride: 0 };
  startLoad(firstBlock, 0, { load: 0, conv: 0, lane: 0, store: 0 }, false, true);

  let push = 0;
  let halted = 0;
  for (let index = 0; index < instructions.length; index++) {
    const instruction = instructions[index];
    const block = Math.floor(index / configuration.programBlock);
    // A block is entered once it has arrived and the block before has been handed out.
    if (index % configuration.programBlock === 0) push = Math.max(blockArrivals[block], push) + blockEntry;
    else push += dispatch;
    if (instruction.unit === 'halt') {
      halted = push + 1;
      break;
    }
    const queued = units[instruction.unit].starts;
    if (queued.length >= configuration.queueDepth) push = Math.max(push, queued[queued.length - configuration.queueDepth] + 1);
    switch (instruction.unit) {
      case 'load': startLoad(instruction, push, instruction.waits, true, instruction.target === 'program'); break;
      case 'conv': startEngine('conv', push, instruction.waits, convTaskCycles(instruction, configuration), instruction.accumulateIn === 1); break;
      case 'lane': startEngine('lane', push, instruction.waits, laneTaskCycles(instruction, configuration), false); break;
      case 'store': startStore(instruction, push); break;
    }
  }

  let drained = halted;
  for (const name of unitNames) drained = Math.max(drained, units[name].visible.at(-1) ?? 0);
  const layers = layerEnds.map((endCycle) => ({
    endCycle,
    units: {
      load: units.load.timeline.countUntil(endCycle), conv: units.conv.timeline.countUntil(endCycle),
      lane: units.lane.timeline.countUntil(endCycle), store: units.store.timeline.countUntil(endCycle),
    },
  }));
  return { totalCycles: drained + 1, layers };
}
