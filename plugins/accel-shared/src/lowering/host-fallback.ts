import type { Network, Operator, UnsupportedOperator } from '@autodnnchip/core';

/** A network cut into what the host runs before and after the chip, and the chip's part. */
export interface HostSplit {
  readonly leading: readonly UnsupportedOperator[];
  readonly trailing: readonly UnsupportedOperator[];
  readonly network: Network;
  /** Operators that the host cannot take over either. */
  readonly refused: readonly UnsupportedOperator[];
}

const conversions: ReadonlySet<Operator['kind']> = new Set(['quantize', 'dequantize', 'reshape', 'transpose']);

/**
 * Puts unsupported operators on the host: with everything before them where nothing before them needs the chip, with
 * everything after them where nothing after them does. An operator between two parts of the chip's is refused.
 */
export function splitForHost(network: Network, unsupported: readonly UnsupportedOperator[]): HostSplit {
  const reasons = new Map(unsupported.map((entry) => [entry.name, entry.reason]));
  const isHardware = (operator: Operator): boolean => !reasons.has(operator.name) && !conversions.has(operator.kind);
  const producers = new Map<string, Operator>();
  const consumers = new Map<string, Operator[]>();
  for (const operator of network.operators) {
    for (const name of operator.outputs) producers.set(name, operator);
    for (const name of operator.inputs) consumers.set(name, [...(consumers.get(name) ?? []), operator]);
  }
  const ancestors = (operator: Operator): Set<Operator> => closure(operator, (o) => o.inputs.flatMap((name) => producers.get(name) ?? []));
  const descendants = (operator: Operator): Set<Operator> => closure(operator, (o) => o.outputs.flatMap((name) => consumers.get(name) ?? []));
  const leading = new Set<Operator>();
  const trailing = new Set<Operator>();
  const refused: UnsupportedOperator[] = [];
  for (const operator of network.operators) {
    if (!reasons.has(operator.name) || leading.has(operator) || trailing.has(operator)) continue;
    const after = descendants(operator);
    const before = ancestors(operator);
    if (![...after].some(isHardware)) after.forEach((member) => trailing.add(member));
    else if (![...before].some(isHardware)) before.forEach((member) => leading.add(member));
    else {
      const next = [...after].find(isHardware);
      refused.push({
        name: operator.name, operator: operator.sourceType,
        reason: `${reasons.get(operator.name) ?? ''}; the host takes over leading and trailing operators only, and '${next?.name ?? ''}' after it runs on the chip`,
      });
    }
  }
  const entry = (operator: Operator): UnsupportedOperator => ({
    name: operator.name, operator: operator.sourceType,
    reason: reasons.get(operator.name) ?? (leading.has(operator) ? 'comes before an operator that runs on the host' : 'comes after an operator that runs on the host'),
  });
  const onHost = (operator: Operator): boolean => leading.has(operator) || trailing.has(operator);
  return {
    leading: network.operators.filter((operator) => leading.has(operator)).map(entry),
    trailing: network.operators.filter((operator) => trailing.has(operator)).map(entry),
    refused,
    network: chipPart(network, onHost, producers),
  };
}

function closure(start: Operator, next: (operator: Operator) => readonly Operator[]): Set<Operator> {
  const reached = new Set([start]);
  for (const operator of reached) for (const other of next(operator)) reached.add(other);
  return reached;
}

function chipPart(network: Network, onHost: (operator: Operator) => boolean, producers: ReadonlyMap<string, Operator>): Network {
  const operators = network.operators.filter((operator) => !onHost(operator));
  const isChip = (name: string): boolean => { const producer = producers.get(name); return producer !== undefined && !onHost(producer); };
  const isConstant = (name: string): boolean => name === '' || network.tensors.get(name)?.role === 'constant';
  const inputs = new Set(operators.flatMap((operator) => operator.inputs).filter((name) => !isConstant(name) && !isChip(name)));
  const outputs = new Set(network.outputs.filter(isChip));
  for (const operator of network.operators) {
    if (onHost(operator)) for (const name of operator.inputs) if (isChip(name)) outputs.add(name);
  }
  return { ...network, operators, inputs: [...inputs], outputs: [...outputs] };
}
