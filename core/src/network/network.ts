import type { Operator } from './operator.js';
import type { Tensor } from './tensor.js';

/** What is computed: operators in execution order (a topological order) and every tensor they name. Immutable. */
export interface Network {
  readonly name: string;
  /** Where it was read from, for messages. */
  readonly source: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly operators: readonly Operator[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** True when constants are known by shape only: such a network can be predicted, not built. */
  readonly weightless: boolean;
}
