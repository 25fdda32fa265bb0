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
  /**
   * Every node of the model file, where the front end recorded them. Passes leave the record as it is: it names
   * operators as they were read; network files leave it out.
   */
  readonly nodes?: readonly NetworkNode[];
  /**
   * What the front end assumed and what passes decided beyond the model file, a sentence each, for whoever sees figures
   * of this network.
   */
  readonly notes?: readonly string[];
}

/** A node of a model file, and what a front end made of it. */
export interface NetworkNode {
  /** Unique in the network. */
  readonly name: string;
  /** The file's own operator type. */
  readonly operator: string;
  /**
   * Names of the operators that it became; those that lead to no output are not in the network. Empty where nothing is
   * left of it.
   */
  readonly became: readonly string[];
  /** Why nothing is left of it. */
  readonly reason?: string;
}
