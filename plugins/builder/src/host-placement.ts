import {
  ChipError,
  directOutputs,
  passingOperators,
  requireExactFigures,
  type BuildRequest,
  type Hooks,
  type HostParts,
  type Network,
  type NetworkExecutor,
  type NotCosted,
  type Prediction,
  type TemplateDefinition,
  type UnsupportedOperator,
} from '@autodnnchip/core';

import { computes, foremost, splitForHost } from './host-split.js';

/** What is put where: the chip's network, and what the host runs around it. */
export interface Placement {
  readonly chip: Network;
  readonly host?: HostParts;
}

/** Operators that a message lists before it breaks off. */
const listedOperators = 1000;

/** The chip that operators are placed on: its template, its platform, and what is fixed of it. */
export interface ChipTarget extends Pick<BuildRequest, 'platform' | 'settings'> {
  readonly template: TemplateDefinition;
}

/**
 * Decides what runs on the chip. Without host fall-back everything must; with it, what the chip cannot run goes to the
 * host where it is at the beginning or the end of the network and the executor can run it. Throws ADC3001 with every
 * operator that stands in the way and its reason.
 */
export function placeOperators(
  network: Network,
  target: ChipTarget,
  hooks: Hooks,
  executor: NetworkExecutor,
  hostFallback: boolean,
): Placement {
  const direct = directOutputs(network);
  return handOn(
    direct,
    network,
    placeComputing(withoutOutputs(network, direct), target, hooks, executor, hostFallback),
  );
}

/** Places a network whose outputs are all computed. */
function placeComputing(
  network: Network,
  target: ChipTarget,
  hooks: Hooks,
  executor: NetworkExecutor,
  hostFallback: boolean,
): Placement {
  const passing: UnsupportedOperator[] = [...passingOperators(network)].map(({ name, sourceType }) => ({
    name,
    operator: sourceType,
    reason: 'it hands an input of the network on, and nothing is computed',
  }));
  const keptAway = [...operatorsKeptAway(network, target.template, hooks), ...passing];
  const handedOn = new Set(passing.map(({ name }) => name));
  const offChip = operatorsOffChip(network, target, keptAway);
  if (offChip.length === 0) return { chip: network };
  const { placement, refused } = placeOnHost(network, target, keptAway, executor);
  if (offChip.every(({ name }) => handedOn.has(name))) {
    if (placement !== undefined) return placement;
    throw computesNothing(network);
  }
  const hint =
    placement === undefined
      ? 'Change the model: the host can run operators at the beginning and at the end of a network, not between what the chip runs.'
      : 'Change the model, or give --host-fallback to run them on the host.';
  if (!hostFallback)
    throw refusal(
      network,
      target,
      offChip.filter(({ name }) => !handedOn.has(name)),
      '',
      hint,
    );
  if (placement === undefined) throw refusal(network, target, refused, ', and the host cannot take them over', hint);
  return placement;
}

function withoutOutputs(network: Network, names: readonly string[]): Network {
  if (names.length === 0) return network;
  const outputs = network.outputs.filter(name => !names.includes(name));
  if (outputs.length > 0) return { ...network, outputs };
  throw computesNothing(network);
}

function computesNothing(network: Network): ChipError {
  return new ChipError('ADC3001', `${network.name} computes nothing: its outputs are inputs and constants of it`, {
    location: { file: network.source },
    hint: 'Check the model in a viewer such as Netron, and export it again.',
  });
}

/**
 * The host hands outputs on that are inputs of the network; constants among them go with what it runs after the chip.
 */
function handOn(direct: readonly string[], network: Network, { chip, host }: Placement): Placement {
  if (direct.length === 0) return host === undefined ? { chip } : { chip, host };
  const constants = direct.flatMap(name => network.tensors.get(name) ?? []).filter(({ role }) => role === 'constant');
  const { inputs, outputs } = network;
  const nothing: Network = {
    ...network,
    name: `${network.name} after the chip`,
    inputs: [],
    outputs: [],
    operators: [],
    tensors: new Map(),
  };
  const after = host?.trailing ?? (constants.length === 0 ? undefined : nothing);
  const trailing =
    after === undefined
      ? undefined
      : {
          ...after,
          outputs: [...after.outputs, ...constants.map(({ name }) => name)],
          tensors: new Map([...after.tensors, ...constants.map(tensor => [tensor.name, tensor] as const)]),
        };
  return { chip, host: { operators: [], ...host, inputs, outputs, ...(trailing === undefined ? {} : { trailing }) } };
}

/** Either the placement, or the operators that neither the chip nor the host takes. */
function placeOnHost(
  network: Network,
  target: ChipTarget,
  keptAway: readonly UnsupportedOperator[],
  executor: NetworkExecutor,
): { readonly placement?: Placement; readonly refused: readonly UnsupportedOperator[] } {
  // With an operator gone from the network's beginning, the template looks again at what follows: it may take now what
  // it refused for the operator's sake, and refuse what it could not judge before.
  const offChip: UnsupportedOperator[] = [];
  const known = new Set<string>();
  let split = splitForHost(network, offChip);
  for (;;) {
    const left = operatorsOffChip(split.chip, target, keptAway).filter(({ name }) => !known.has(name));
    if (left.length === 0) break;
    const first = foremost(split.chip, left);
    for (const entry of first.length > 0 ? first : left) {
      offChip.push(entry);
      known.add(entry.name);
    }
    split = splitForHost(network, offChip);
  }
  const { chip, leading, trailing, operators, refused: between } = split;
  const refused = chip.operators.some(computes)
    ? [...between, ...whatTheHostCannotRun([leading, trailing], offChip, executor)]
    : offChip.map(entry => ({ ...entry, reason: `${entry.reason}; with it on the host nothing is left for the chip` }));
  if (refused.length > 0) return { refused };
  const { inputs, outputs } = network;
  const host: HostParts = {
    inputs,
    outputs,
    operators,
    ...(leading === undefined ? {} : { leading }),
    ...(trailing === undefined ? {} : { trailing }),
  };
  return { placement: { chip, host }, refused: [] };
}

/**
 * A prediction of the chip with the host's operators among those that no figure covers. Throws ADC3503 where a figure
 * is not exact.
 */
export function withHostOperators(prediction: Prediction, operators: readonly NotCosted[]): Prediction {
  requireExactFigures(prediction);
  return operators.length === 0 ? prediction : { ...prediction, notCosted: [...operators, ...prediction.notCosted] };
}

/** Operators that a plugin keeps on the host through `mapOperator`. */
function operatorsKeptAway(network: Network, template: TemplateDefinition, hooks: Hooks): UnsupportedOperator[] {
  return network.operators.flatMap(operator => {
    const placement = hooks.mapOperator.call({ operator, network, template });
    return placement === undefined
      ? []
      : [{ name: operator.name, operator: operator.sourceType, reason: placement.reason }];
  });
}

/** Operators of a network, or a part of it, that cannot or shall not run on the chip. */
function operatorsOffChip(
  network: Network,
  target: ChipTarget,
  keptAway: readonly UnsupportedOperator[],
): UnsupportedOperator[] {
  const unsupported = target.template.unsupported(network, target.platform, target.settings);
  const present = new Set(network.operators.map(({ name }) => name));
  for (const { name } of unsupported) present.delete(name);
  return [...unsupported, ...keptAway.filter(({ name }) => present.has(name))];
}

function whatTheHostCannotRun(
  parts: readonly (Network | undefined)[],
  offChip: readonly UnsupportedOperator[],
  executor: NetworkExecutor,
): UnsupportedOperator[] {
  const reasons = new Map(offChip.map(entry => [entry.name, entry.reason]));
  return parts
    .flatMap(part => (part === undefined ? [] : executor.unsupported(part)))
    .map(entry => {
      const chip = reasons.get(entry.name) ?? 'an operator that runs on the host needs it there';
      return {
        ...entry,
        reason:
          chip === entry.reason
            ? `${chip}; nor can the host run it`
            : `${chip}; the host cannot run it: ${entry.reason}`,
      };
    });
}

function refusal(
  network: Network,
  target: ChipTarget,
  unsupported: readonly UnsupportedOperator[],
  addition: string,
  hint: string,
): ChipError {
  const shown = unsupported
    .slice(0, listedOperators)
    .map(operator => `  ${operator.name} (${operator.operator}): ${operator.reason}`);
  if (unsupported.length > shown.length) shown.push(`  and ${unsupported.length - shown.length} more`);
  return new ChipError(
    'ADC3001',
    `${target.template.title} cannot run ${unsupported.length} of the ${network.operators.length} operators of ${network.name}${addition}:\n${shown.join('\n')}`,
    {
      location: { file: network.source, node: unsupported[0].name },
      hint,
    },
  );
}
