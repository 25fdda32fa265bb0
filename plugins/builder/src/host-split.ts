import type { Network, NotCosted, Operator, Tensor, UnsupportedOperator } from '@autodnnchip/core';

/** A network cut into what the host runs before and after the chip, and the chip's part. */
export interface HostSplit {
  /** The chip's part. */
  readonly chip: Network;
  readonly leading?: Network;
  readonly trailing?: Network;
  /** Operators of both parts of the host in execution order, and why they are there. */
  readonly operators: readonly NotCosted[];
  /** Operators that the host cannot take over: the chip computes before and after them. */
  readonly refused: readonly UnsupportedOperator[];
}

/** Kinds that need no hardware: whoever reads or writes a value does them on the way. */
const conversions: ReadonlySet<Operator['kind']> = new Set(['quantize', 'dequantize', 'reshape', 'transpose']);

/**
 * Puts operators on the host that cannot run on the chip: with everything after them where nothing after them computes
 * on the chip, with everything before them where nothing before them does. An operator between two parts of the chip's
 * is refused. Conversions of the network's inputs that the host needs move to the host as well.
 */
export function splitForHost(network: Network, offChip: readonly UnsupportedOperator[]): HostSplit {
  const reasons = new Map(offChip.map(entry => [entry.name, entry.reason]));
  const graph = new OperatorGraph(network);
  const isHardware = (operator: Operator): boolean => !reasons.has(operator.name) && computes(operator);
  const hardwareBefore = graph.after(operator => isHardware(operator));
  const hardwareAfter = graph.before(operator => isHardware(operator));
  const isOff = ({ name }: Operator): boolean => reasons.has(name);
  const refused = network.operators.filter(
    operator => isOff(operator) && hardwareBefore.has(operator) && hardwareAfter.has(operator),
  );

  const trailingSeeds = new Set(network.operators.filter(operator => isOff(operator) && !hardwareAfter.has(operator)));
  const trailing = union(
    trailingSeeds,
    graph.after(operator => trailingSeeds.has(operator)),
  );
  const leadingSeeds = new Set(
    network.operators.filter(operator => isOff(operator) && !trailing.has(operator) && !hardwareBefore.has(operator)),
  );
  for (const operator of trailing) {
    for (const producer of graph.producersOf(operator)) {
      if (!trailing.has(producer) && !hardwareBefore.has(producer) && !isHardware(producer)) leadingSeeds.add(producer);
    }
  }
  const leading = union(
    leadingSeeds,
    graph.before(operator => leadingSeeds.has(operator)),
  );

  const place = (operator: Operator): 'leading' | 'chip' | 'trailing' =>
    leading.has(operator) ? 'leading' : trailing.has(operator) ? 'trailing' : 'chip';
  const parts = {
    leading: cut(network, graph, place, 'leading'),
    chip: cut(network, graph, place, 'chip'),
    trailing: cut(network, graph, place, 'trailing'),
  };
  const firstAfter = (operator: Operator): string => {
    const after = graph.after(other => other === operator);
    return network.operators.find(other => after.has(other) && isHardware(other))?.name ?? '';
  };
  return {
    chip: parts.chip,
    ...(leading.size === 0 ? {} : { leading: { ...parts.leading, name: `${network.name} before the chip` } }),
    ...(trailing.size === 0 ? {} : { trailing: { ...parts.trailing, name: `${network.name} after the chip` } }),
    operators: [...parts.leading.operators, ...parts.trailing.operators].map(operator =>
      hostOperator(operator, place(operator) === 'leading', reasons.get(operator.name)),
    ),
    refused: refused.map(operator => ({
      name: operator.name,
      operator: operator.sourceType,
      reason: `${reasons.get(operator.name) ?? ''}; the chip computes before it, and '${firstAfter(operator)}' after it`,
    })),
  };
}

/** Those of the operators that cannot run on the chip that follow neither one another nor anything that does. */
export function foremost(network: Network, offChip: readonly UnsupportedOperator[]): UnsupportedOperator[] {
  const names = new Set(offChip.map(({ name }) => name));
  const following = new OperatorGraph(network).after(operator => names.has(operator.name) || computes(operator));
  const first = new Set(network.operators.filter(operator => !following.has(operator)).map(({ name }) => name));
  return offChip.filter(({ name }) => first.has(name));
}

/** Whether an operator is of a kind that computes, so that a chip with it has something to do. */
export function computes(operator: Operator): boolean {
  return !conversions.has(operator.kind);
}

function hostOperator({ name, sourceType }: Operator, isLeading: boolean, reason: string | undefined): NotCosted {
  const cause =
    reason ??
    (isLeading
      ? 'the host needs its result, and nothing before it is on the chip'
      : 'what it reads comes from the host');
  return {
    name,
    operator: sourceType,
    reason: `runs on the host, ${isLeading ? 'before' : 'after'} the chip: ${cause}`,
  };
}

function union<Item>(first: ReadonlySet<Item>, second: ReadonlySet<Item>): Set<Item> {
  return new Set([...first, ...second]);
}

/** Who computes and reads what. Operators of a network are in topological order, which makes every closure one pass. */
class OperatorGraph {
  readonly #producers = new Map<string, Operator>();
  readonly #operators: readonly Operator[];

  constructor(network: Network) {
    this.#operators = network.operators;
    for (const operator of network.operators) for (const name of operator.outputs) this.#producers.set(name, operator);
  }

  producer(tensor: string): Operator | undefined {
    return this.#producers.get(tensor);
  }

  producersOf(operator: Operator): Operator[] {
    return operator.inputs.flatMap(name => this.#producers.get(name) ?? []);
  }

  /** Operators that depend on one for which `starts` holds, directly or not. */
  after(starts: (operator: Operator) => boolean): Set<Operator> {
    const reached = new Set<Operator>();
    for (const operator of this.#operators) {
      if (this.producersOf(operator).some(producer => reached.has(producer) || starts(producer))) reached.add(operator);
    }
    return reached;
  }

  /** Operators that one for which `starts` holds depends on, directly or not. */
  before(starts: (operator: Operator) => boolean): Set<Operator> {
    const reached = new Set<Operator>();
    for (const operator of [...this.#operators].reverse()) {
      if (reached.has(operator) || starts(operator))
        this.producersOf(operator).forEach(producer => reached.add(producer));
    }
    return reached;
  }
}

/**
 * The network of one place's operators: what it reads from elsewhere are its inputs, what others read of it its
 * outputs.
 */
function cut(network: Network, graph: OperatorGraph, place: (operator: Operator) => string, here: string): Network {
  const operators = network.operators.filter(operator => place(operator) === here);
  const isComputedHere = (name: string): boolean => {
    const producer = graph.producer(name);
    return producer !== undefined && place(producer) === here;
  };
  const isConstant = (name: string): boolean => name === '' || network.tensors.get(name)?.role === 'constant';
  const read = operators.flatMap(operator => operator.inputs);
  const inputs = new Set(read.filter(name => !isConstant(name) && !isComputedHere(name)));
  const readElsewhere = network.operators
    .filter(operator => place(operator) !== here)
    .flatMap(operator => operator.inputs);
  const outputs = new Set([...network.outputs, ...readElsewhere].filter(isComputedHere));
  const tensors = new Map<string, Tensor>();
  for (const name of [...read, ...operators.flatMap(operator => operator.outputs)]) {
    const tensor = network.tensors.get(name);
    if (tensor === undefined || tensors.has(name)) continue;
    const role = isConstant(name)
      ? 'constant'
      : inputs.has(name)
        ? 'input'
        : outputs.has(name)
          ? 'output'
          : 'intermediate';
    tensors.set(name, tensor.role === role ? tensor : { ...tensor, role });
  }
  // The network's own inputs keep their order, whatever part reads them.
  const ordered = [
    ...network.inputs.filter(name => inputs.has(name)),
    ...[...inputs].filter(name => !network.inputs.includes(name)),
  ];
  return { ...network, inputs: ordered, outputs: [...outputs], operators, tensors };
}
