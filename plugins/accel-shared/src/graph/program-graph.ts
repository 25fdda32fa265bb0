import { buildChipGraph, quantity, type ChipGraph, type MemoryModel } from '@autodnnchip/core';
import type { MemoryBox } from '@autodnnchip/core/engine';

import { chipOf, loadUnit, type Chip } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { PredictedProgram } from '../prediction/fine-prediction.js';
import type { Instruction, TaskInstruction } from '../program/instruction.js';
import {
  blockEntryCycles,
  dispatchCycles,
  finishedVisibleCycles,
  loadDoneCycles,
  storeBurstsAhead,
  storeDoneCycles,
  storeFirstBeatCycles,
  storeOutstanding,
} from '../timing/constants.js';
import { forEachBurst } from '../timing/memory-channel.js';
import { runTiming } from '../timing/run-timing.js';
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
 * The chip with its program and memory as a chip graph: hardware blocks as nodes, instructions and bursts as their
 * states, queues, credits and finished counts as edges. Its latency in fine mode is that of `runTiming`, to the cycle,
 * and so that of the RTL: the graph says with tokens what the recurrence says with maxima.
 */
export function programGraph(
  program: PredictedProgram,
  memory: MemoryModel,
  clockMegahertz: number,
  energy: ProgramEnergy,
): ChipGraph {
  return new ProgramGraph(program, memory, energy).graph(clockMegahertz);
}

/** What instructions of other units wait for: the end of the n-th instruction, or of a stage of the n-th task. */
interface Milestones {
  /** Node whose states they are. */
  readonly node: string;
  readonly states: StateDraft[];
}

class ProgramGraph {
  readonly #configuration: AccelSharedConfiguration;
  readonly #nodes = new Map<string, NodeProgram>();
  readonly #edges = new Map<
    string,
    { readonly from: string; readonly to: string; capacity?: number; initialTokens?: number }
  >();
  readonly #chip: Chip;
  /** By unit: the state in which others see that its instruction number n (from 0) has finished. */
  readonly #finished: readonly Milestones[];
  /**
   * By engine and stage: the state in which a task's slot is free again, for slots that are given back before the task
   * is done.
   */
  readonly #freed: readonly Milestones[][];
  /** By unit that waits and node waited for: how many of its states have been waited for. */
  readonly #waited: readonly Map<string, number>[];
  /** By engine: most tasks that it holds at the same time, as the slots of its tasks go. */
  readonly #inFlight: readonly number[];
  readonly #held: readonly HeldBurst[];
  /** Bursts that others are held back by. */
  readonly #holding: Readonly<Record<Channel, ReadonlySet<number>>>;
  /** By burst: the state that its beginning ends, where it holds back others, and the state that begins it. */
  readonly #firstBeats: Readonly<Record<Channel, StateDraft[]>> = { load: [], store: [] };
  #lastData: Readonly<Record<'load' | 'store', { readonly pause: StateDraft | undefined }>> = {
    load: { pause: undefined },
    store: { pause: undefined },
  };

  constructor(
    private readonly program: PredictedProgram,
    private readonly memory: MemoryModel,
    private readonly energy: ProgramEnergy,
  ) {
    this.#configuration = program.configuration;
    const chip = (this.#chip = chipOf(program.configuration));
    this.#finished = chip.units.map(({ name }) => ({ node: `${name}: finished`, states: [] }));
    this.#freed = chip.engines.map(() => []);
    this.#waited = chip.units.map(() => new Map<string, number>());
    const inFlight = chip.engines.map(() => 1);
    for (const instruction of program.instructions) {
      if (instruction.kind !== 'task') continue;
      const engine = instruction.unit - 1;
      for (const { count } of chip.engines[engine].timing(instruction.task).slots)
        inFlight[engine] = Math.max(inFlight[engine], count);
    }
    this.#inFlight = inFlight;
    this.#held = heldBursts(observer => {
      if (memory.sharedBytesPerKilocycle > 0)
        runTiming(
          program.instructions,
          program.programAddress,
          program.layers.length,
          program.configuration,
          memory,
          observer,
        );
    });
    const holding = (channel: Channel): Set<number> =>
      new Set(this.#held.filter(({ by }) => by.channel === channel).map(({ by }) => by.burst));
    this.#holding = { load: holding('load'), store: holding('store') };
  }

  graph(clockMegahertz: number): ChipGraph {
    this.#placeProgram();
    this.#placeHeld();
    for (const { pause } of Object.values(this.#lastData)) if (pause !== undefined) this.#removeLast(pause);
    const graph = buildChipGraph({
      name: 'accel-shared',
      title: 'accel_shared with its program',
      clock: quantity(clockMegahertz, 'MHz'),
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
    this.#placeLoad(
      { address: programAddress, rowWords: programWords, rowCount: 1, rowStride: 0, planeCount: 1, planeStride: 0 },
      undefined,
      true,
    );
    for (const [index, instruction] of instructions.entries()) {
      const entersBlock = index % programBlock === 0;
      // The push itself is a state of its own: it waits for room in the queue, and its cycle is the last of these.
      const prepare = dispatcher.add(
        (entersBlock ? blockEntryCycles(this.#configuration) : dispatchCycles(this.#configuration)) - 1,
      );
      if (entersBlock) prepare.consumes['program block'] = 1;
      const push = dispatcher.add(1);
      if (instruction.kind === 'halt') return this.#placeHalt(dispatcher);
      const { name } = this.#chip.units[instruction.unit];
      this.#edge(`${name} queue`, 'dispatcher', this.#firstNode(instruction.unit), {
        capacity: this.#configuration.queueDepth,
      });
      push.produces[`${name} queue`] = 1;
      this.#place(instruction);
    }
  }

  #place(instruction: Exclude<Instruction, { kind: 'halt' }>): void {
    switch (instruction.kind) {
      case 'load':
        return this.#placeLoad(instruction, instruction.waits, instruction.target === this.#chip.programTarget);
      case 'task':
        return this.#placeTask(instruction);
      case 'store': {
        const answer = this.#placeStore(instruction, instruction.waits);
        if (instruction.layerEnd === 1) this.#placeLayerEnd(instruction.layer, answer);
      }
    }
  }

  /** Done when all units are: the last state of the graph. */
  #placeHalt(dispatcher: NodeProgram): void {
    const last = dispatcher.add(1);
    for (const [unit, { node, states }] of this.#finished.entries()) {
      const finished = states.at(-1);
      if (finished !== undefined)
        this.#token(`${this.#chip.units[unit].name} done`, node, 'dispatcher', finished, last);
    }
  }

  #placeLayerEnd(layer: number, answer: StateDraft): void {
    const node = this.#node(layerEndNode(layer), 'datapath');
    this.#token(
      layerEndNode(layer),
      'store: answers',
      node.id,
      answer,
      node.add(1, this.energy.layerPicojoules[layer]),
    );
  }

  /** The node of a unit whose first state takes an instruction from the queue. */
  #firstNode(unit: number): string {
    const { name, kind } = this.#chip.units[unit];
    return kind === 'engine' ? `${name}: steps` : `${name}: addresses`;
  }

  /** The unit's first state of an instruction: it leaves the queue once all that it waits for has finished. */
  #start(unit: number, waits: readonly number[]): StateDraft {
    const { name, kind } = this.#chip.units[unit];
    const start = this.#node(
      this.#firstNode(unit),
      kind === 'engine' ? 'compute' : 'datapath',
      unit === loadUnit ? this.#configuration.outstandingReads : 1,
    ).add(1);
    start.consumes[`${name} queue`] = 1;
    for (const [other, count] of waits.entries())
      this.#wait(unit, `${this.#chip.units[other].name} finished, for ${name}`, this.#finished[other], count, start);
    return start;
  }

  /** `start` waits for the state number `count` (from 1) of the node, where the unit has not waited for it before. */
  #wait(unit: number, token: string, { node, states }: Milestones, count: number, start: StateDraft): void {
    if (count <= (this.#waited[unit].get(node) ?? 0)) return;
    this.#waited[unit].set(node, count);
    this.#token(token, node, this.#firstNode(unit), states[count - 1], start);
  }

  /** A task goes through its engine's stages; it starts when the slots that it needs have been given back. */
  #placeTask({ unit, task, waits }: TaskInstruction): void {
    const engine = unit - 1;
    const { name } = this.#chip.units[unit];
    const { stages, slots } = this.#chip.engines[engine].timing(task);
    const { states: done } = this.#finished[unit];
    const index = done.length;
    const lastStage = stages.length - 1;
    const ownWaits = waits.slice();
    for (const { count, freedAfter } of slots)
      if (freedAfter === lastStage) ownWaits[unit] = Math.max(ownWaits[unit], index - count + 1);
    const start = this.#start(unit, ownWaits);
    for (const { count, freedAfter } of slots) {
      if (freedAfter < lastStage)
        this.#wait(
          unit,
          `${name} slot after stage ${freedAfter}`,
          this.#freedAfter(engine, freedAfter),
          index - count + 1,
          start,
        );
    }
    let node = this.#firstNode(unit);
    // Start and first stage are states of one node: the stage's first cycle is the start's.
    let state = this.#node(node, 'compute').add(stages[0].cycles - 1);
    for (const [stage, { kind, cycles }] of stages.entries()) {
      if (stage > 0) {
        const slot = kind === 'work' ? '' : ` ${index % this.#inFlight[engine]}`;
        const next = this.#node(
          stage === lastStage && kind === 'latency' ? `${name}: pipeline${slot}` : `${name}: stage ${stage}${slot}`,
          'compute',
        );
        const entered = next.add(cycles);
        this.#token(
          `${name} into stage ${stage}${slot}${stage > 1 ? ` from ${node}` : ''}`,
          node,
          next.id,
          state,
          entered,
        );
        node = next.id;
        state = entered;
      }
      if (slots.some(({ freedAfter }) => freedAfter === stage && stage < lastStage)) {
        const { node: freedNode, states } = this.#freedAfter(engine, stage);
        const freed = this.#node(freedNode, 'datapath').add(1);
        this.#token(`${name} gives back after stage ${stage}, ${node}`, node, freedNode, state, freed);
        states.push(freed);
      }
    }
    const finished = this.#node(this.#finished[unit].node, 'datapath').add(finishedVisibleCycles);
    this.#token(`${name} results of ${node}`, node, this.#finished[unit].node, state, finished);
    done.push(finished);
  }

  #freedAfter(engine: number, stage: number): Milestones {
    return (this.#freed[engine][stage] ??= {
      node: `${this.#chip.units[engine + 1].name}: slot after stage ${stage}`,
      states: [],
    });
  }

  #placeLoad(box: MemoryBox, waits: readonly number[] | undefined, isProgram: boolean): void {
    const { outstandingReads } = this.#configuration;
    const { readLatencyCycles, beatIntervalCycles, burstGapCycles } = this.memory;
    const addresses = this.#node('load: addresses', 'datapath', outstandingReads);
    if (waits !== undefined) this.#start(loadUnit, waits);
    else addresses.add(1);
    const beatsNode = this.#node(
      'load: data',
      'memory',
      outstandingReads * (beatIntervalCycles - 1 + burstGapCycles > 0 ? 2 : 1),
    );
    this.#edge('reads outstanding', 'load: data', 'load: addresses', { initialTokens: outstandingReads });
    let data: StateDraft | undefined;
    forEachBurst(box, this.#configuration, beats => {
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
    if (waits !== undefined) this.#finished[loadUnit].states.push(finished);
  }

  /** Returns the state whose end is the answer to the last burst. */
  #placeStore(box: MemoryBox, waits: readonly number[]): StateDraft {
    const { writeLatencyCycles } = this.memory;
    const addresses = this.#node('store: addresses', 'datapath', storeOutstanding);
    const onBus = this.#node('store: address on bus', 'datapath');
    const firstWord = this.#node('store: first word', 'datapath');
    const beatsNode = this.#node('store: data', 'memory', storeOutstanding);
    const answers = this.#node('store: answers', 'memory', storeOutstanding);
    const previousData = beatsNode.states.findLast(({ produces }) => 'writes ahead of data' in produces);
    const start = this.#start(this.#chip.storeUnit, waits);
    if (previousData !== undefined) this.#token('box written', 'store: data', 'store: addresses', previousData, start);
    const word = firstWord.add(storeFirstBeatCycles - 1);
    this.#token('word asked for', 'store: addresses', 'store: first word', start, word);
    this.#edge('writes ahead', 'store: address on bus', 'store: addresses', { initialTokens: storeBurstsAhead });
    this.#edge('writes ahead of data', 'store: data', 'store: addresses', { initialTokens: storeBurstsAhead + 1 });
    this.#edge('writes outstanding', 'store: answers', 'store: addresses', { initialTokens: storeOutstanding });
    let first = true;
    let answer: StateDraft | undefined;
    forEachBurst(box, this.#configuration, beats => {
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
    this.#finished[this.#chip.storeUnit].states.push(finished);
    return answer;
  }

  /** The beats of a burst: the first alone where its beginning holds back another burst. */
  #placeBeats(
    channel: Channel,
    node: NodeProgram,
    beats: number,
  ): { readonly first: StateDraft; readonly last: StateDraft } {
    const { beatIntervalCycles } = this.memory;
    const firstBeats = this.#firstBeats[channel];
    const alone = this.#holding[channel].has(firstBeats.length) && beats > 1;
    const first = node.add(alone ? 1 : (beats - 1) * beatIntervalCycles + 1);
    firstBeats.push(first);
    return { first, last: alone ? node.add((beats - 1) * beatIntervalCycles) : first };
  }

  /**
   * Memory serves one burst at a time: a burst that finds it occupied begins so many cycles after the one that occupies
   * it. A graph has no choice in it, so the order in which memory serves the bursts of this program is part of it.
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
  #delay(
    kind: 'read' | 'write',
    slot: number,
    cycles: number,
    from: string,
    to: string,
    source: StateDraft,
    target: StateDraft,
  ): void {
    if (cycles === 0) return this.#token(`${kind} burst`, from, to, source, target);
    const node = this.#node(`${kind} latency ${slot}`, 'memory');
    const state = node.add(cycles);
    this.#token(`${kind} request ${slot}`, from, node.id, source, state);
    this.#token(`${kind} burst ${slot}`, node.id, to, state, target);
  }

  #node(id: string, ipClass: 'compute' | 'memory' | 'datapath', period = 1): NodeProgram {
    let node = this.#nodes.get(id);
    if (node === undefined) this.#nodes.set(id, (node = new NodeProgram(id, ipClass, period)));
    return node;
  }

  #edge(
    id: string,
    from: string,
    to: string,
    rest: { readonly capacity?: number; readonly initialTokens?: number } = {},
  ): void {
    if (!this.#edges.has(id)) this.#edges.set(id, { from, to, ...rest });
  }

  /**
   * One token from the end of a state to the begin of another; `target` absent: another part of the program consumes
   * it.
   */
  #token(id: string, from: string, to: string, source: StateDraft, target?: StateDraft): void {
    this.#edge(id, from, to);
    source.produces[id] = (source.produces[id] ?? 0) + 1;
    if (target !== undefined) target.consumes[id] = (target.consumes[id] ?? 0) + 1;
  }
}

/** From the preparation of a burst's address to that of the next: one cycle to prepare, one on the bus. */
const addressCycles = 2;
