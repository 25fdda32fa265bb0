import type { Network } from './network.js';
import type { Operator } from './operator.js';

/** What became of an operator in a prediction. */
export type Fate =
  /** It is a layer of the prediction. */
  | { readonly fate: 'costed'; readonly layer: string }
  /** A layer does its work along with its own. */
  | { readonly fate: 'merged'; readonly layer: string; readonly reason: string }
  /** Nothing of it is left to do when the network runs. */
  | { readonly fate: 'folded'; readonly reason: string }
  /** It runs elsewhere, or no figure covers it. */
  | { readonly fate: 'notCosted'; readonly reason: string };

/** A node of the model file, or an operator that no node of the file is known for, with what became of it. */
export type NodeAccount = Fate & { readonly name: string; readonly operator: string };

/** What counts most where a node became several operators. */
const weightOf: Readonly<Record<Fate['fate'], number>> = { notCosted: 3, costed: 2, merged: 1, folded: 0 };

/**
 * What became of every node of a network, each once: of the nodes of the model file where the front end recorded them
 * (`Network.nodes`), and of operators beyond those. `fates` has every operator of the network by its name.
 */
export function accountForNodes(
  network: Pick<Network, 'nodes' | 'operators'>,
  fates: ReadonlyMap<string, Fate>,
): readonly NodeAccount[] {
  const covered = new Set<string>();
  const accounts: NodeAccount[] = [];
  for (const { name, operator, became, reason } of network.nodes ?? []) {
    let fate: Fate = {
      fate: 'folded',
      reason: reason ?? 'nothing that leads to an output of the network reads its result',
    };
    let found = false;
    for (const part of became) {
      covered.add(part);
      const own = fates.get(part);
      if (own === undefined || (found && weightOf[own.fate] <= weightOf[fate.fate])) continue;
      fate = own;
      found = true;
    }
    accounts.push({ name, operator, ...fate });
  }
  for (const operator of network.operators)
    if (!covered.has(operator.name))
      accounts.push({ name: operator.name, operator: operator.sourceType, ...fateOf(operator, fates) });
  return accounts;
}

function fateOf({ name }: Operator, fates: ReadonlyMap<string, Fate>): Fate {
  const fate = fates.get(name);
  if (fate === undefined) throw new Error(`No account says what became of operator ${name}`);
  return fate;
}
