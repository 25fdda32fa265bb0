import type { GraphEdge } from './chip-graph.js';
import { graphError } from './graph-errors.js';
import { dataUnits, type CapacityUnit, type Quantity } from './quantity.js';
import type { ResolvedEdge } from './resolved-graph.js';

/** An edge while sub-graphs are put in place: it gets its ends, and counts the tokens that states move over it. */
export class FlatEdge {
  readonly id: string;
  readonly index: number;
  readonly #declared: GraphEdge;
  from = -1;
  to = -1;
  #produced = 0;
  #consumed = 0;
  #mostProduced = 0;
  #mostConsumed = 0;
  /** States, by their number in the whole graph, that first move a token; -1: none. */
  firstProducer = -1;
  firstConsumer = -1;
  #firstConsumption = 0;

  constructor(id: string, index: number, declared: GraphEdge) {
    this.id = id;
    this.index = index;
    this.#declared = declared;
  }

  noteProduction(state: number, tokens: number, executions: number): void {
    if (this.firstProducer < 0) this.firstProducer = state;
    this.#produced += tokens * executions;
    this.#mostProduced = Math.max(this.#mostProduced, tokens);
  }

  noteConsumption(state: number, tokens: number, executions: number): void {
    if (this.firstConsumer < 0) {
      this.firstConsumer = state;
      this.#firstConsumption = tokens;
    }
    this.#consumed += tokens * executions;
    this.#mostConsumed = Math.max(this.#mostConsumed, tokens);
  }

  /** Whether the first consumption can only come after a production. */
  get startsWithoutTokens(): boolean {
    return (
      this.firstConsumer >= 0 && this.firstProducer >= 0 && (this.#declared.initialTokens ?? 0) < this.#firstConsumption
    );
  }

  /** Checks that an open edge of a sub-graph fits the edge that is connected to it. */
  checkPort(inner: GraphEdge, place: string): void {
    const { precisionBits } = this.#declared;
    if (precisionBits !== undefined && inner.precisionBits !== undefined && precisionBits !== inner.precisionBits) {
      throw graphError(
        'ADC3306',
        `Edge ${this.id} carries elements of ${precisionBits} bits, its port ${place} elements of ${inner.precisionBits} bits`,
      );
    }
    const outer = bitsOf(this.#declared.volume, precisionBits ?? inner.precisionBits);
    const own = bitsOf(inner.volume, inner.precisionBits ?? precisionBits);
    if (outer !== undefined && own !== undefined && outer !== own) {
      throw graphError('ADC3306', `Edge ${this.id} carries ${outer} bits, its port ${place} carries ${own} bits`);
    }
  }

  /** Checks tokens, room and units, with all ends and counts known. `ends` are the names of the two nodes. */
  resolve(ends: (index: number) => string): ResolvedEdge {
    const initialTokens = this.#declared.initialTokens ?? 0;
    this.#checkTokens(initialTokens, ends);
    const volumeBits = this.#volumeBits();
    const capacityTokens = this.#capacityTokens(volumeBits);
    if (Number.isFinite(capacityTokens)) this.#checkCapacity(capacityTokens, initialTokens, ends);
    return {
      id: this.id,
      from: this.from,
      to: this.to,
      capacityTokens,
      initialTokens,
      producedTokens: this.#produced,
      consumedTokens: this.#consumed,
      volumeBits,
      precisionBits: this.#declared.precisionBits,
    };
  }

  #checkTokens(initialTokens: number, ends: (index: number) => string): void {
    const { id, from, to } = this;
    if (from < 0 && to < 0) throw graphError('ADC3304', `Edge ${id} connects no node with any other`);
    if (from < 0) {
      if (this.#consumed > initialTokens) {
        throw graphError(
          'ADC3310',
          `Edge ${id} comes from outside with ${initialTokens} initial tokens, and ${ends(to)} consumes ${this.#consumed}`,
          ends(to),
        );
      }
      return;
    }
    if (to < 0) return;
    const available = this.#produced + initialTokens;
    if (this.#consumed < this.#produced || this.#consumed > available) {
      const initial = initialTokens === 0 ? '' : `, ${initialTokens} are there at the start`;
      throw graphError(
        'ADC3310',
        `Edge ${id}: ${ends(from)} produces ${this.#produced} tokens in the whole run${initial}, and ${ends(to)} consumes ${this.#consumed}`,
        ends(to),
      );
    }
  }

  #volumeBits(): number | undefined {
    const { volume, precisionBits } = this.#declared;
    if (volume === undefined) return undefined;
    const bits = bitsOf(volume, precisionBits);
    if (bits === undefined)
      throw graphError(
        'ADC3306',
        `Edge ${this.id} gives its volume in elements, and no precisionBits that say how large an element is`,
      );
    if (precisionBits !== undefined && bits % precisionBits !== 0) {
      throw graphError(
        'ADC3306',
        `Edge ${this.id}: a volume of ${volume.value} ${volume.unit} is no whole number of elements of ${precisionBits} bits`,
      );
    }
    return bits;
  }

  #capacityTokens(volumeBits: number | undefined): number {
    const { capacity, precisionBits } = this.#declared;
    if (capacity === undefined) return Infinity;
    if (capacity.unit === 'token') {
      if (!Number.isInteger(capacity.value))
        throw graphError('ADC3306', `Edge ${this.id}: a capacity of ${capacity.value} tokens is not whole`);
      return capacity.value;
    }
    const bits = bitsOf(capacity, precisionBits);
    const tokens = this.from < 0 ? this.#consumed : this.#produced;
    if (bits === undefined || volumeBits === undefined || tokens === 0) {
      throw graphError(
        'ADC3306',
        `Edge ${this.id} gives its capacity in units of ${capacity.unit}, and no volume${bits === undefined ? ' and precisionBits' : ''} that say how large a token is`,
      );
    }
    const tokenBits = volumeBits / tokens;
    const room = Math.floor(bits / tokenBits);
    if (room === 0) {
      throw graphError(
        'ADC3305',
        `Edge ${this.id} has a capacity of ${capacity.value} ${capacity.unit}, less than one token (${tokenBits} bits)`,
      );
    }
    return room;
  }

  #checkCapacity(capacity: number, initialTokens: number, ends: (index: number) => string): void {
    const room = `Edge ${this.id} from ${ends(this.from)} to ${ends(this.to)} has room for ${capacity} ${capacity === 1 ? 'token' : 'tokens'}`;
    if (capacity === 0) throw graphError('ADC3305', `${room}: nothing can ever cross it`);
    if (initialTokens > capacity) throw graphError('ADC3305', `${room}, and ${initialTokens} are there at the start`);
    if (this.#mostProduced > capacity)
      throw graphError(
        'ADC3305',
        `${room}, and a state of ${ends(this.from)} produces ${this.#mostProduced} at once`,
        ends(this.from),
      );
    if (this.#mostConsumed > capacity)
      throw graphError(
        'ADC3305',
        `${room}, and a state of ${ends(this.to)} consumes ${this.#mostConsumed} at once`,
        ends(this.to),
      );
  }
}

function bitsOf(data: Quantity<CapacityUnit> | undefined, precisionBits: number | undefined): number | undefined {
  if (data === undefined || data.unit === 'token') return undefined;
  if (data.unit === 'element') return precisionBits === undefined ? undefined : data.value * precisionBits;
  return data.value * dataUnits[data.unit];
}
