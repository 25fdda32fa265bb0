import { ChipError, type Network, type Operator, type Tensor } from '@autodnnchip/core';

/**
 * A network while a pass changes it: operators can be replaced, tensors added, readers redirected. `finish` gives the
 * immutable network back, in topological order and without what nothing reads any more.
 */
export class NetworkEditor {
  readonly network: Network;
  readonly #operators = new Set<Operator>();
  readonly #tensors: Map<string, Tensor>;
  readonly #producers = new Map<string, Operator>();
  readonly #consumers = new Map<string, Set<Operator>>();
  readonly #outputs: ReadonlySet<string>;
  /** Numbers up to which the names made from a base are taken: tensors are never taken out. */
  readonly #takenNumbers = new Map<string, number>();

  constructor(network: Network) {
    this.network = network;
    this.#tensors = new Map(network.tensors);
    this.#outputs = new Set(network.outputs);
    for (const operator of network.operators) this.add(operator);
  }

  /** Operators at this moment; safe to change the network while walking them. */
  operators(): readonly Operator[] {
    return [...this.#operators];
  }

  has(operator: Operator): boolean {
    return this.#operators.has(operator);
  }

  tensor(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined)
      throw new ChipError('ADC9001', `Network ${this.network.name} has no tensor '${name}'.`, {
        location: { file: this.network.source },
      });
    return tensor;
  }

  /** The operator that computes a tensor; undefined for inputs and constants. */
  producer(name: string): Operator | undefined {
    return this.#producers.get(name);
  }

  consumers(name: string): readonly Operator[] {
    return [...(this.#consumers.get(name) ?? [])];
  }

  isOutput(name: string): boolean {
    return this.#outputs.has(name);
  }

  isConstant(name: string): boolean {
    return this.#tensors.get(name)?.role === 'constant';
  }

  /** The one reader of a tensor that nothing else reads and that the network does not give out. */
  onlyConsumer(name: string): Operator | undefined {
    const consumers = this.#consumers.get(name);
    if (consumers?.size !== 1 || this.isOutput(name)) return undefined;
    const [consumer] = consumers;
    return consumer;
  }

  add(operator: Operator): void {
    this.#operators.add(operator);
    for (const name of operator.outputs) this.#producers.set(name, operator);
    for (const name of operator.inputs) {
      const consumers = this.#consumers.get(name);
      if (consumers === undefined) this.#consumers.set(name, new Set([operator]));
      else consumers.add(operator);
    }
  }

  remove(operator: Operator): void {
    this.#operators.delete(operator);
    for (const name of operator.outputs) if (this.#producers.get(name) === operator) this.#producers.delete(name);
    for (const name of operator.inputs) this.#consumers.get(name)?.delete(operator);
  }

  replace(old: Operator, replacement: Operator): void {
    this.remove(old);
    this.add(replacement);
  }

  /** Adds a tensor, or puts another in the place of the one with its name. */
  setTensor(tensor: Tensor): Tensor {
    this.#tensors.set(tensor.name, tensor);
    return tensor;
  }

  /** A name that no tensor has yet, made from `base`. */
  freshName(base: string): string {
    if (!this.#tensors.has(base)) return base;
    let number = this.#takenNumbers.get(base) ?? 2;
    while (this.#tensors.has(`${base}_${number}`)) number++;
    this.#takenNumbers.set(base, number);
    return `${base}_${number}`;
  }

  /** Lets every reader of `from` read `to` instead. Network outputs keep their names and are not redirected. */
  redirect(from: string, to: string): void {
    for (const consumer of this.consumers(from)) this.replace(consumer, withInput(consumer, from, to));
  }

  /**
   * Takes out an operator that only passes its first input on. Where its output is an output of the network, the
   * producer of the input computes it directly. Returns false where that is not possible.
   */
  bypass(operator: Operator): boolean {
    const [input] = operator.inputs;
    const [output] = operator.outputs;
    if (this.isOutput(output)) {
      const producer = this.producer(input);
      if (producer === undefined || this.isOutput(input)) return false;
      this.remove(operator);
      this.redirect(input, output);
      this.replace(producer, { ...producer, outputs: producer.outputs.map(name => (name === input ? output : name)) });
      return true;
    }
    this.remove(operator);
    this.redirect(output, input);
    return true;
  }

  /** The changed network; `this.network` itself where nothing changed. */
  finish(): Network {
    const operators = this.#liveOperators();
    const same =
      operators.length === this.network.operators.length &&
      operators.every((operator, index) => operator === this.network.operators[index]);
    const used = new Set([...this.network.inputs, ...this.network.outputs]);
    for (const operator of operators) for (const name of [...operator.inputs, ...operator.outputs]) used.add(name);
    const tensors = new Map([...this.#tensors].filter(([name]) => used.has(name)));
    const unchanged =
      same &&
      tensors.size === this.network.tensors.size &&
      [...tensors].every(([name, tensor]) => this.network.tensors.get(name) === tensor);
    return unchanged ? this.network : { ...this.network, operators, tensors };
  }

  /** Operators that an output depends on, each after the ones that it reads from; ties keep the original order. */
  #liveOperators(): Operator[] {
    const order: Operator[] = [];
    const state = new Map<Operator, 'open' | 'done'>();
    const stack: Operator[] = [];
    for (const name of [...this.network.outputs].reverse()) {
      const producer = this.producer(name);
      if (producer !== undefined) stack.push(producer);
    }
    while (stack.length > 0) {
      const operator = stack[stack.length - 1];
      if (state.get(operator) === 'done') {
        stack.pop();
        continue;
      }
      const waiting = operator.inputs
        .map(name => this.producer(name))
        .filter(producer => producer !== undefined && state.get(producer) !== 'done') as Operator[];
      if (waiting.length === 0) {
        state.set(operator, 'done');
        order.push(operator);
        stack.pop();
        continue;
      }
      if (state.get(operator) === 'open')
        throw new ChipError(
          'ADC9001',
          `Operators of ${this.network.name} depend on each other in a circle at ${operator.name}.`,
        );
      state.set(operator, 'open');
      for (const producer of waiting.reverse()) stack.push(producer);
    }
    return this.#inOriginalOrder(order);
  }

  /** A topological order that stays as close to the original list as it can. */
  #inOriginalOrder(order: readonly Operator[]): Operator[] {
    const rank = new Map(this.network.operators.map((operator, index) => [operator.outputs[0], index]));
    const place = new Map<Operator, number>();
    for (const operator of order) {
      const own = Math.max(...operator.outputs.map(name => rank.get(name) ?? -1));
      const after = Math.max(
        -1,
        ...operator.inputs.map(name => {
          const producer = this.producer(name);
          return producer === undefined ? -1 : (place.get(producer) ?? -1);
        }),
      );
      place.set(operator, Math.max(own, after));
    }
    return [...order].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
  }
}

/** The operator with every mention of an input tensor exchanged. */
function withInput<Kind extends Operator>(operator: Kind, from: string, to: string): Kind {
  return { ...operator, inputs: operator.inputs.map(name => (name === from ? to : name)) };
}
