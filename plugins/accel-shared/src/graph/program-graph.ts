import type { ChipGraph, IpClass, MemoryModel } from '@autodnnchip/core';
import type { MemoryBox } from '@autodnnchip/core/engine';

import { chipOf, loadUnit, type Chip, type ChipUnit } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { PredictedProgram } from '../prediction/fine-prediction.js';
import type { Instruction, TaskInstruction } from '../program/instruction.js';
import { blockEntryCycles, dispatchCycles, finishedVisibleCycles } from '../timing/constants.js';
import { runTiming } from '../timing/run-timing.js';
import { GraphDraft } from './graph-draft.js';
import { heldBursts } from './held-bursts.js';
import type { NodeProgram, StateDraft } from './node-program.js';
import { TransferNodes } from './transfer-nodes.js';

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

/** What a unit's first node does, by the unit's kind. */
const firstNodes: Readonly<Record<ChipUnit['kind'], { readonly work: string; readonly class: IpClass }>> = {
  load: { work: 'addresses', class: 'datapath' },
  engine: { work: 'steps', class: 'compute' },
  store: { work: 'addresses', class: 'datapath' },
};

class ProgramGraph {
  readonly #configuration: AccelSharedConfiguration;
  readonly #draft = new GraphDraft();
  readonly #transfers: TransferNodes;
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

  constructor(
    private readonly program: PredictedProgram,
    memory: MemoryModel,
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
    const held = heldBursts(observer => {
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
    this.#transfers = new TransferNodes(this.#draft, program.configuration, memory, held);
  }

  graph(clockMegahertz: number): ChipGraph {
    this.#placeProgram();
    this.#transfers.finish();
    return this.#draft.graph(clockMegahertz, this.energy.picojoulesPerCycle);
  }

  #placeProgram(): void {
    const { instructions, programAddress } = this.program;
    const { programBlock } = this.#configuration;
    const dispatcher = this.#draft.node('dispatcher', 'datapath');
    const programWords = programBlock * instructionWords(this.#configuration);
    this.#draft.node('load: addresses', 'datapath', this.#configuration.outstandingReads).add(1);
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
      this.#draft.edge(`${name} queue`, 'dispatcher', this.#firstNode(instruction.unit), {
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
        const { storeUnit } = this.#chip;
        const { finished, answer } = this.#transfers.store(instruction, () =>
          this.#start(storeUnit, instruction.waits),
        );
        this.#finished[storeUnit].states.push(finished);
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
        this.#draft.token(`${this.#chip.units[unit].name} done`, node, 'dispatcher', finished, last);
    }
  }

  #placeLayerEnd(layer: number, answer: StateDraft): void {
    const node = this.#draft.node(layerEndNode(layer), 'datapath');
    this.#draft.token(
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
    return `${name}: ${firstNodes[kind].work}`;
  }

  /** The unit's first state of an instruction: it leaves the queue once all that it waits for has finished. */
  #start(unit: number, waits: readonly number[]): StateDraft {
    const { name, kind } = this.#chip.units[unit];
    const start = this.#draft
      .node(
        this.#firstNode(unit),
        kind === 'engine' ? 'compute' : 'datapath',
        unit === loadUnit ? this.#configuration.outstandingReads : 1,
      )
      .add(1);
    start.consumes[`${name} queue`] = 1;
    for (const [other, count] of waits.entries())
      this.#wait(unit, `${this.#chip.units[other].name} finished, for ${name}`, this.#finished[other], count, start);
    return start;
  }

  /** `start` waits for the state number `count` (from 1) of the node, where the unit has not waited for it before. */
  #wait(unit: number, token: string, { node, states }: Milestones, count: number, start: StateDraft): void {
    if (count <= (this.#waited[unit].get(node) ?? 0)) return;
    this.#waited[unit].set(node, count);
    this.#draft.token(token, node, this.#firstNode(unit), states[count - 1], start);
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
    let state = this.#draft.node(node, 'compute').add(stages[0].cycles - 1);
    for (const [stage, { kind, cycles }] of stages.entries()) {
      if (stage > 0) {
        const slot = kind === 'work' ? '' : ` ${index % this.#inFlight[engine]}`;
        const next = this.#draft.node(
          stage === lastStage && kind === 'latency' ? `${name}: pipeline${slot}` : `${name}: stage ${stage}${slot}`,
          'compute',
        );
        const entered = next.add(cycles);
        this.#draft.token(
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
        const freed = this.#draft.node(freedNode, 'datapath').add(1);
        this.#draft.token(`${name} gives back after stage ${stage}, ${node}`, node, freedNode, state, freed);
        states.push(freed);
      }
    }
    const finished = this.#draft.node(this.#finished[unit].node, 'datapath').add(finishedVisibleCycles);
    this.#draft.token(`${name} results of ${node}`, node, this.#finished[unit].node, state, finished);
    done.push(finished);
  }

  #placeLoad(box: MemoryBox, waits: readonly number[] | undefined, isProgram: boolean): void {
    if (waits !== undefined) this.#start(loadUnit, waits);
    else this.#draft.node('load: addresses', 'datapath', this.#configuration.outstandingReads).add(1);
    const finished = this.#transfers.load(box);
    if (finished === undefined) return;
    if (isProgram) this.#draft.token('program block', 'load: finished', 'dispatcher', finished);
    if (waits !== undefined) this.#finished[loadUnit].states.push(finished);
  }

  #freedAfter(engine: number, stage: number): Milestones {
    return (this.#freed[engine][stage] ??= {
      node: `${this.#chip.units[engine + 1].name}: slot after stage ${stage}`,
      states: [],
    });
  }
}
