import type { MemoryModel } from '@autodnnchip/core';
import type { MemoryBox } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../configuration.js';
import {
  finishedVisibleCycles,
  loadDoneCycles,
  storeBurstsAhead,
  storeDoneCycles,
  storeFirstBeatCycles,
  storeOutstanding,
} from '../timing/constants.js';
import { forEachBurst } from '../timing/memory-channel.js';
import type { GraphDraft } from './graph-draft.js';
import type { Channel, HeldBurst } from './held-bursts.js';
import type { NodeProgram, StateDraft } from './node-program.js';

/** From the preparation of a burst's address to that of the next: one cycle to prepare, one on the bus. */
const addressCycles = 2;

/** Latency that several bursts spend at the same time. */
interface Delay {
  readonly kind: 'read' | 'write';
  /** Of bursts that may be under way at the same time, each has its own. */
  readonly slot: number;
  readonly cycles: number;
  readonly from: string;
  readonly to: string;
}

/** What a store leaves: the state that others see as its end, and the one that ends with memory's last answer. */
export interface StoreStates {
  readonly finished: StateDraft;
  readonly answer: StateDraft;
}

/** Loads and stores in the graph of a program: addresses, bursts, credits, and memory that serves one at a time. */
export class TransferNodes {
  /** By burst: the state that its beginning ends, where it holds back others, and the state that begins it. */
  readonly #firstBeats: Readonly<Record<Channel, StateDraft[]>> = { load: [], store: [] };
  /** Bursts that others are held back by. */
  readonly #holding: Readonly<Record<Channel, ReadonlySet<number>>>;
  readonly #lastPauses: Record<Channel, { readonly node: NodeProgram; readonly state: StateDraft } | undefined> = {
    load: undefined,
    store: undefined,
  };

  constructor(
    private readonly draft: GraphDraft,
    private readonly configuration: AccelSharedConfiguration,
    private readonly memory: MemoryModel,
    private readonly held: readonly HeldBurst[],
  ) {
    const holding = (channel: Channel): Set<number> =>
      new Set(held.filter(({ by }) => by.channel === channel).map(({ by }) => by.burst));
    this.#holding = { load: holding('load'), store: holding('store') };
  }

  /**
   * The bursts of a load whose first state is there. Returns the state in which others see that it has finished;
   * `undefined` where it has no burst.
   */
  load(box: MemoryBox): StateDraft | undefined {
    const { outstandingReads } = this.configuration;
    const { readLatencyCycles, beatIntervalCycles, burstGapCycles } = this.memory;
    const addresses = this.draft.node('load: addresses', 'datapath', outstandingReads);
    const beatsNode = this.draft.node(
      'load: data',
      'memory',
      outstandingReads * (beatIntervalCycles - 1 + burstGapCycles > 0 ? 2 : 1),
    );
    this.draft.edge('reads outstanding', 'load: data', 'load: addresses', { initialTokens: outstandingReads });
    let data: StateDraft | undefined;
    forEachBurst(box, this.configuration, beats => {
      const slot = this.#firstBeats.load.length % outstandingReads;
      const address = addresses.add(addressCycles);
      address.consumes['reads outstanding'] = 1;
      const { first, last } = this.#placeBeats('load', beatsNode, beats);
      data = last;
      data.produces['reads outstanding'] = 1;
      this.#delay(
        { kind: 'read', slot, cycles: readLatencyCycles - 1, from: 'load: addresses', to: 'load: data' },
        address,
        first,
      );
      this.#pause('load', beatsNode);
    });
    if (data === undefined) return undefined;
    const finished = this.draft.node('load: finished', 'datapath').add(loadDoneCycles + finishedVisibleCycles - 1);
    this.draft.token('loaded', 'load: data', 'load: finished', data, finished);
    return finished;
  }

  /** The bursts of a store; `start` makes its first state, once the nodes before are there. */
  store(box: MemoryBox, start: () => StateDraft): StoreStates {
    const { draft } = this;
    const { writeLatencyCycles } = this.memory;
    const addresses = draft.node('store: addresses', 'datapath', storeOutstanding);
    const onBus = draft.node('store: address on bus', 'datapath');
    const firstWord = draft.node('store: first word', 'datapath');
    const beatsNode = draft.node('store: data', 'memory', storeOutstanding);
    const answers = draft.node('store: answers', 'memory', storeOutstanding);
    const previousData = beatsNode.states.findLast(({ produces }) => 'writes ahead of data' in produces);
    const begin = start();
    if (previousData !== undefined) draft.token('box written', 'store: data', 'store: addresses', previousData, begin);
    const word = firstWord.add(storeFirstBeatCycles - 1);
    draft.token('word asked for', 'store: addresses', 'store: first word', begin, word);
    draft.edge('writes ahead', 'store: address on bus', 'store: addresses', { initialTokens: storeBurstsAhead });
    draft.edge('writes ahead of data', 'store: data', 'store: addresses', { initialTokens: storeBurstsAhead + 1 });
    draft.edge('writes outstanding', 'store: answers', 'store: addresses', { initialTokens: storeOutstanding });
    let isFirst = true;
    let answer: StateDraft | undefined;
    forEachBurst(box, this.configuration, beats => {
      const slot = this.#firstBeats.store.length % storeOutstanding;
      const address = addresses.add(addressCycles);
      for (const credit of ['writes ahead', 'writes ahead of data', 'writes outstanding']) address.consumes[credit] = 1;
      const bus = onBus.add(1);
      bus.produces['writes ahead'] = 1;
      draft.token('write address', 'store: addresses', 'store: address on bus', address, bus);
      const { first, last } = this.#placeBeats('store', beatsNode, beats);
      last.produces['writes ahead of data'] = 1;
      draft.token('write announced', 'store: address on bus', 'store: data', bus, first);
      if (isFirst) draft.token('word there', 'store: first word', 'store: data', word, first);
      isFirst = false;
      answer = answers.add(1);
      answer.produces['writes outstanding'] = 1;
      this.#delay(
        { kind: 'write', slot, cycles: writeLatencyCycles - 1, from: 'store: data', to: 'store: answers' },
        last,
        answer,
      );
      this.#pause('store', beatsNode);
    });
    if (answer === undefined) throw new Error('A store without a burst');
    const finished = draft.node('store: finished', 'datapath').add(storeDoneCycles + finishedVisibleCycles - 1);
    draft.token('stored', 'store: answers', 'store: finished', answer, finished);
    return { finished, answer };
  }

  /**
   * After the last burst. Memory serves one burst at a time: a burst that finds it occupied begins so many cycles after
   * the one that occupies it. A graph has no choice in it, so the order in which memory serves the bursts of this
   * program is part of it. What the memory needs after its last beats keeps nobody waiting.
   */
  finish(): void {
    for (const held of this.held) this.#placeHeld(held);
    for (const pause of Object.values(this.#lastPauses))
      if (pause !== undefined && pause.node.states.at(-1) === pause.state) pause.node.states.pop();
  }

  #placeHeld({ channel, burst, by, cycles }: HeldBurst): void {
    const [source, target] = [this.#firstBeats[by.channel][by.burst], this.#firstBeats[channel][burst]];
    const [from, to] = [`${by.channel}: data`, `${channel}: data`];
    if (cycles === 1) {
      if (from !== to) this.draft.token(`${by.channel} begun, for ${channel}`, from, to, source, target);
      return;
    }
    const memory = `memory occupied, for ${channel}`;
    const occupied = this.draft.node(memory, 'memory').add(cycles - 1);
    this.draft.token(`${by.channel} occupies, for ${channel}`, from, memory, source, occupied);
    this.draft.token(`memory free for ${channel}`, memory, to, occupied, target);
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

  /** The memory's idle cycles after a burst: its rate below one beat a cycle, and the gap. */
  #pause(channel: Channel, node: NodeProgram): void {
    const cycles = this.memory.beatIntervalCycles - 1 + this.memory.burstGapCycles;
    if (cycles > 0) this.#lastPauses[channel] = { node, state: node.add(cycles) };
  }

  #delay({ kind, slot, cycles, from, to }: Delay, source: StateDraft, target: StateDraft): void {
    if (cycles === 0) return this.draft.token(`${kind} burst`, from, to, source, target);
    const node = this.draft.node(`${kind} latency ${slot}`, 'memory');
    const state = node.add(cycles);
    this.draft.token(`${kind} request ${slot}`, from, node.id, source, state);
    this.draft.token(`${kind} burst ${slot}`, node.id, to, state, target);
  }
}
