import { buildChipGraph, quantity, type ChipGraph, type MemoryModel } from '@autodnnchip/core';

import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { PredictedProgram } from '../prediction/fine-prediction.js';
import type { ConvInstruction, Instruction, LaneInstruction, MemoryBox, Waits } from '../program/instruction.js';
import {
  blockEntryCycles, convDrainCycles, dispatchCycles, finishedVisibleCycles, laneDrainCycles, loadDoneCycles, storeBurstsAhead, storeDoneCycles,
  storeFirstBeatCycles, storeOutstanding,
} from '../timing/constants.js';
import { forEachBurst } from '../timing/memory-channel.js';
import { runTiming, unitNames, type UnitName } from '../timing/run-timing.js';
import { convTaskCycles, laneTaskCycles } from '../timing/task-cycles.js';
import { heldBursts, type Channel, type HeldBurst } from './held-bursts.js';
import { NodeProgram, type StateDraft } from './node-program.js';

/** Energy of a run: what each layer's work takes, and what every cycle takes whatever is done. */
export interface ProgramEnergy {
  readonly layerPicojoules: readonly number[];
  readonly picojoulesPerCycle: number;
}

/** Node that marks the end of a layer: it starts in the cycle that the chip records. */
export function layerEndNode(layer: number): string {
  return `end of layer ${layer}`;
}

/**
 * The chip with its program and memory as a chip graph: hardware blocks as nodes, instructions and bursts as their states,
 * queues, credits and finished counts as edges. Its latency in fine mode is that of `runTiming`, to the cycle, and so that of
 * the RTL: the graph says with tokens what the recurrence says with maxima.
 */
export function programGraph(program: PredictedProgram, memory: MemoryModel, clockMegahertz: number, energy: ProgramEnergy): ChipGraph {
  return new ProgramGraph(program, memory, energy).graph(clockMegahertz);
}

/** How far each unit must have come for the instruction that is being placed, beyond what its predecessors waited for. */
type Thresholds = Record<UnitName, number>;

class ProgramGraph {
  readonly #configuration: AccelSharedConfiguration;
  readonly #nodes = new Map<string, NodeProgram>();
  readonly #edges = new Map<string, { readonly from: string; readonly to: string; capacity?: number; initialTokens?: number }>();
  /** By unit: the state in which others see that its instruction number n (from 0) has finished. */
  readonly #finished: Record<UnitName, StateDraft[]> = { load: [], conv: [], lane: [], store: [] };
  /** By unit that waits: what it has waited for. */
  readonly #waited: Record<UnitName, Thresholds> = {
    load: { load: 0, conv: 0, lane: 0, store: 0 }, conv: { load: 0, conv: 0, lane: 0, store: 0 }, lane: { load: 0, conv: 0, lane: 0, store: 0 }, store: { load: 0, conv: 0, lane: 0, store: 0 },
  };
  readonly #held: readonly HeldBurst[];
  /** Bursts that others are held back by. */
  readonly #holding: Readonly<Record<Channel, ReadonlySet<number>>>;
  /** By burst: the state that its beginning ends, where it holds back others, and the state that begins it. */
  readonly #firstBeats: Readonly<Record<Channel, StateDraft[]>> = { load: [], store: [] };
  #lastData: Readonly<Record<'load' | 'store', { readonly pause: StateDraft | undefined }>> = { load: { pause: undefined }, store: { pause: undefined } };

  constructor(private readonly program: PredictedProgram, private readonly memory: MemoryModel, private readonly energy: ProgramEnergy) {
    this.#configuration = program.configuration;
    this.#held = heldBursts((observer) => {
      if (memory.sharedBytesPerKilocycle > 0) runTiming(program.instructions, program.programAddress, program.layers.length, program.configuration, memory, observer);
    });
    const holding = (channel: Channel): Set<number> => new Set(this.#held.filter(({ by }) => by.channel === channel).map(({ by }) => by.burst));
    this.#holding = { load: holding('load'), store: holding('store') };
  }

  graph(clockMegahertz: number): ChipGraph {
    this.#placeProgram();
    this.#placeHeld();
    for (const { pause } of Object.values(this.#lastData)) if (pause !== undefined) this.#removeLast(pause);
    const graph = buildChipGraph({
      name: 'accel-shared', title: 'accel_shared with its program', clock: quantity(clockMegahertz, 'MHz'),
    });
    const staticPower = quantity(this.energy.picojoulesPerCycle * clockMegahertz * 1e-3, 'mW');
    for (const node of this.#nodes.values()) graph.node(node.node(node.id === 'dispatcher' ? { staticPower } : {}));
    for (const [id, { capacity, ...edge }] of this.#edges) {
      graph.edge({ id, ...edge, ...(capacity === undefined ? {} : { capacity: quantity(capacity, 'token') }) });
    }
    return graph.graph();
  }

  /** What the memory needs after its last beat keeps nobody waiting. */
  #removeLast(pause: StateDraft): void {
    for (const { states } of this.#nodes.values()) if (states.at(-1) === pause) states.pop();
  }

  #placeProgram(): void {
    const { instructions, programAddress } = this.program;
    const { programBlock } = this.#configuration;
    const dispatcher = this.#node('dispatcher', 'datapath');
    const programWords = programBlock * instructionWords(this.#configuration);
    this.#node('load: addresses', 'datapath', this.#configuration.outstandingReads).add(1);
    this.#placeLoad({ address: programAddress, rowWords: programWords, rowCount: 1, rowStride: 0, planeCount: 1, planeStride: 0 }, undefined, true);
    for (const [index, instruction] of instructions.entries()) {
      const entersBlock = index % programBlock === 0;
      // The push itself is a state of its own: it waits for room in the queue, and its cycle is the last of these.
      const prepare = dispatcher.add((entersBlock ? blockEntryCycles(this.#configuration) : dispatchCycles(this.#configuration)) - 1);
      if (entersBlock) prepare.consumes['program block'] = 1;
      const push = dispatcher.add(1);
      if (instruction.unit === 'halt') return this.#placeHalt(dispatcher);
      this.#edge(`${instruction.unit} queue`, 'dispatcher', firstNode[instruction.unit], { capacity: this.#configuration.queueDepth });
      push.produces[`${instruction.unit} queue`] = 1;
      this.#place(instruction);
    }
  }

  #place(instruction: Exclude<Instruction, { unit: 'halt' }>): void {
    switch (instruction.unit) {
      case 'load': return this.#placeLoad(instruction, instruction.waits, instruction.target === 'program');
      case 'conv': return this.#placeTask(instruction, convTaskCycles(instruction, this.#configuration), convDrainCycles(this.#configuration), instruction.accumulateIn === 1);
      case 'lane': return this.#placeTask(instruction, laneTaskCycles(instruction, this.#configuration), laneDrainCycles(this.#configuration), false);
      case 'store': {
        const answer = this.#placeStore(instruction, instruction.waits);
        if (instruction.layerEnd === 1) this.#placeLayerEnd(instruction.layer, answer);
      }
    }
  }

  /** Done when all units are: the last state of the graph. */
  #placeHalt(dispatcher: NodeProgram): void {
    const last = dispatcher.add(1);
    for (const unit of unitNames) {
      const finished = this.#finished[unit].at(-1);
      if (finished !== undefined) this.#token(`${unit} done`, `${unit}: finished`, 'dispatcher', finished, last);
    }
  }

  #placeLayerEnd(layer: number, answer: StateDraft): void {
    const node = this.#node(layerEndNode(layer), 'datapath');
    this.#token(layerEndNode(layer), 'store: answers', node.id, answer, node.add(1, this.energy.layerPicojoules[layer]));
  }

  /** The unit's first state of an instruction: it leaves the queue once all that it waits for has finished. */
  #start(unit: UnitName, waits: Waits): StateDraft {
    const start = this.#node(firstNode[unit], unit === 'conv' || unit === 'lane' ? 'compute' : 'datapath', unit === 'load' ? this.#configuration.outstandingReads : 1).add(1);
    start.consumes[`${unit} queue`] = 1;
    for (const other of unitNames) this.#wait(unit, other, waits[other], start);
    return start;
  }

  #wait(unit: UnitName, other: UnitName, count: number, start: StateDraft): void {
    if (count <= this.#waited[unit][other]) return;
    this.#waited[unit][other] = count;
    this.#token(`${other} finished, for ${unit}`, `${other}: finished`, firstNode[unit], this.#finished[other][count - 1], start);
  }

  /** An engine: it takes its steps, and while its pipeline drains the next task may begin. Two tasks at most are on their way. */
  #placeTask(task: ConvInstruction | LaneInstruction, occupiedCycles: number, drainCycles: number, drained: boolean): void {
    const { unit } = task;
    const index = this.#finished[unit].length;
    this.#start(unit, { ...task.waits, [unit]: Math.max(task.waits[unit], drained ? index : index - 1) });
    const steps = this.#node(firstNode[unit], 'compute').add(occupiedCycles);
    const drain = this.#node(`${unit}: pipeline ${index % 2}`, 'compute');
    const draining = drain.add(drainCycles - finishedVisibleCycles);
    this.#token(`${unit} steps ${index % 2}`, firstNode[unit], drain.id, steps, draining);
    const finished = this.#node(`${unit}: finished`, 'datapath').add(finishedVisibleCycles);
    this.#token(`${unit} results ${index % 2}`, drain.id, `${unit}: finished`, draining, finished);
    this.#finished[unit].push(finished);
  }

  #placeLoad(box: MemoryBox, waits: Waits | undefined, isProgram: boolean): void {
    const { outstandingReads } = this.#configuration;
    const { readLatencyCycles, beatIntervalCycles, burstGapCycles } = this.memory;
    const addresses = this.#node('load: addresses', 'datapath', outstandingReads);
    if (waits !== undefined) this.#start('load', waits); else addresses.add(1);
    const beatsNode = this.#node('load: data', 'memory', outstandingReads * (beatIntervalCycles - 1 + burstGapCycles > 0 ? 2 : 1));
    this.#edge('reads outstanding', 'load: data', 'load: addresses', { initialTokens: outstandingReads });
    let data: StateDraft | undefined;
    forEachBurst(box, this.#configuration, (beats) => {
      const slot = this.#firstBeats.load.length % outstandingReads;
      const address = addresses.add(addressCycles);
      address.consumes['reads outstanding'] = 1;
      const { first, last } = this.#placeBeats('load', beatsNode, beats);
      data = last;
      data.produces['reads outstanding'] = 1;
      this.#delay('read', slot, readLatencyCycles - 1, 'load: addresses', 'load: data', address, first);
      this.#pause('load', beatsNode);
    });
    if (data === undefined) return;
    const finished = this.#node('load: finished', 'datapath').add(loadDoneCycles + finishedVisibleCycles - 1);
    this.#token('loaded', 'load: data', 'load: finished', data, finished);
    if (isProgram) this.#token('program block', 'load: finished', 'dispatcher', finished);
    if (waits !== undefined) this.#finished.load.push(finished);
  }

  /** Returns the state whose end is the answer to the last burst. */
  #placeStore(box: MemoryBox, waits: Waits): StateDraft {
    const { writeLatencyCycles } = this.memory;
    const addresses = this.#node('store: addresses', 'datapath', storeOutstanding);
    const onBus = this.#node('store: address on bus', 'datapath');
    const firstWord = this.#node('store: first word', 'datapath');
    const beatsNode = this.#node('store: data', 'memory', storeOutstanding);
    const answers = this.#node('store: answers', 'memory', storeOutstanding);
    const previousData = beatsNode.states.findLast(({ produces }) => 'writes ahead of data' in produces);
    const start = this.#start('store', waits);
    if (previousData !== undefined) this.#token('box written', 'store: data', 'store: addresses', previousData, start);
    const word = firstWord.add(storeFirstBeatCycles - 1);
    this.#token('word asked for', 'store: addresses', 'store: first word', start, word);
    this.#edge('writes ahead', 'store: address on bus', 'store: addresses', { initialTokens: storeBurstsAhead });
    this.#edge('writes ahead of data', 'store: data', 'store: addresses', { initialTokens: storeBurstsAhead + 1 });
    this.#edge('writes outstanding', 'store: answers', 'store: addresses', { initialTokens: storeOutstanding });
    let first = true;
    let answer: StateDraft | undefined;
    forEachBurst(box, this.#configuration, (beats) => {
      const slot = this.#firstBeats.store.length % storeOutstanding;
      const address = addresses.add(addressCycles);
      for (const credit of ['writes ahead', 'writes ahead of data', 'writes outstanding']) address.consumes[credit] = 1;
      const bus = onBus.add(1);
      bus.produces['writes ahead'] = 1;
      this.#token('write address', 'store: addresses', 'store: address on bus', address, bus);
      const { first: firstBeat, last: data } = this.#placeBeats('store', beatsNode, beats);
      data.produces['writes ahead of data'] = 1;
      this.#token('write announced', 'store: address on bus', 'store: data', bus, firstBeat);
      if (first) this.#token('word there', 'store: first word', 'store: data', word, firstBeat);
      first = false;
      answer = answers.add(1);
      answer.produces['writes outstanding'] = 1;
      this.#delay('write', slot, writeLatencyCycles - 1, 'store: data', 'store: answers', data, answer);
      this.#pause('store', beatsNode);
    });
    if (answer === undefined) throw new Error('A store without a burst');
    const finished = this.#node('store: finished', 'datapath').add(storeDoneCycles + finishedVisibleCycles - 1);
    this.#token('stored', 'store: answers', 'store: finished', answer, finished);
    this.#finished.store.push(finished);
    return answer;
  }

  /** The beats of a burst: the first alone where its beginning holds back another burst. */
  #placeBeats(channel: Channel, node: NodeProgram, beats: number): { readonly first: StateDraft; readonly last: StateDraft } {
    const { beatIntervalCycles } = this.memory;
    const firstBeats = this.#firstBeats[channel];
    const alone = this.#holding[channel].has(firstBeats.length) && beats > 1;
    const first = node.add(alone ? 1 : (beats - 1) * beatIntervalCycles + 1);
    firstBeats.push(first);
    return { first, last: alone ? node.add((beats - 1) * beatIntervalCycles) : first };
  }

  /**
   * Memory serves one burst at a time: a burst that finds it occupied begins so many cycles after the one that occupies it.
   * A graph has no choice in it, so the order in which memory serves the bursts of this program is part of it.
   */
  #placeHeld(): void {
    for (const { channel, burst, by, cycles } of this.#held) {
      const [source, target] = [this.#firstBeats[by.channel][by.burst], this.#firstBeats[channel][burst]];
      const [from, to] = [`${by.channel}: data`, `${channel}: data`];
      if (cycles === 1) {
        if (from !== to) this.#token(`${by.channel} begun, for ${channel}`, from, to, source, target);
        continue;
      }
      const occupied = this.#node(`memory occupied, for ${channel}`, 'memory').add(cycles - 1);
      this.#token(`${by.channel} occupies, for ${channel}`, from, `memory occupied, for ${channel}`, source, occupied);
      this.#token(`memory free for ${channel}`, `memory occupied, for ${channel}`, to, occupied, target);
    }
  }

  /** The memory's idle cycles after a burst: its rate below one beat a cycle, and the gap. */
  #pause(channel: 'load' | 'store', node: NodeProgram): void {
    const cycles = this.memory.beatIntervalCycles - 1 + this.memory.burstGapCycles;
    if (cycles > 0) this.#lastData = { ...this.#lastData, [channel]: { pause: node.add(cycles) } };
  }

  /** Latency that several bursts spend at the same time: each has a slot of its own. */
  #delay(kind: 'read' | 'write', slot: number, cycles: number, from: string, to: string, source: StateDraft, target: StateDraft): void {
    if (cycles === 0) return this.#token(`${kind} burst`, from, to, source, target);
    const node = this.#node(`${kind} latency ${slot}`, 'memory');
    const state = node.add(cycles);
    this.#token(`${kind} request ${slot}`, from, node.id, source, state);
    this.#token(`${kind} burst ${slot}`, node.id, to, state, target);
  }

  #node(id: string, ipClass: 'compute' | 'memory' | 'datapath', period = 1): NodeProgram {
    let node = this.#nodes.get(id);
    if (node === undefined) this.#nodes.set(id, node = new NodeProgram(id, ipClass, period));
    return node;
  }

  #edge(id: string, from: string, to: string, rest: { readonly capacity?: number; readonly initialTokens?: number } = {}): void {
    if (!this.#edges.has(id)) this.#edges.set(id, { from, to, ...rest });
  }

  /** One token from the end of a state to the begin of another; `target` absent: another part of the program consumes it. */
  #token(id: string, from: string, to: string, source: StateDraft, target?: StateDraft): void {
    this.#edge(id, from, to);
    source.produces[id] = (source.produces[id] ?? 0) + 1;
    if (target !== undefined) target.consumes[id] = (target.consumes[id] ?? 0) + 1;
  }
}

/** The node of each unit whose first state takes an instruction from the queue. */
const firstNode: Readonly<Record<UnitName, string>> = { load: 'load: addresses', conv: 'conv: steps', lane: 'lane: steps', store: 'store: addresses' };

/** From the preparation of a burst's address to that of the next: one cycle to prepare, one on the bus. */
const addressCycles = 2;
