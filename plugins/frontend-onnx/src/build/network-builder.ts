import type { Operator, OperatorKind, Quantization, Tensor } from '@autodnnchip/core';
import type { Value } from '../graph/value.js';
import { Constant, type TensorType } from '../tensors/constant.js';
import { sameQuantization } from './quantization.js';

/** What is known so far of a tensor of the network that is being built. */
export interface TensorDraft {
  readonly type: TensorType | undefined;
  readonly role: Tensor['role'];
  readonly constant?: Constant;
  quantization?: Quantization;
  /** Operator that set the quantisation, for messages. */
  quantizedBy?: string;
}

/** An operator of a given kind. */
export type OperatorOfKind<Kind extends OperatorKind> = Extract<Operator, { readonly kind: Kind }>;

/** Collects operators and tensors while the nodes of a graph are translated in order. */
export class NetworkBuilder {
  readonly operators: Operator[] = [];
  /** What rules assumed, one sentence each. */
  readonly notes: string[] = [];
  readonly tensors = new Map<string, TensorDraft>();
  private readonly operatorNames = new NameSet();
  private readonly tensorNames: NameSet;
  private readonly makers = new Map<string, Operator>();
  private readonly derived = new Map<string, string>();

  /** `takenNames` are the names of the graph's values: new tensors get others. */
  constructor(takenNames: Iterable<string>) {
    this.tensorNames = new NameSet(takenNames);
  }

  /** Registers the tensor behind a value and gives its name. */
  use(value: Value): string {
    if (!this.tensors.has(value.tensor)) {
      this.tensors.set(
        value.tensor,
        value.constant === undefined
          ? { type: value.type, role: 'intermediate' }
          : { type: value.constant, role: 'constant', constant: value.constant },
      );
    }
    return value.tensor;
  }

  /** Registers a computed tensor or an input. */
  declare(name: string, type: TensorType | undefined, role: Tensor['role'] = 'intermediate'): string {
    if (!this.tensors.has(name)) this.tensors.set(name, { type, role });
    return name;
  }

  /** A constant made from another tensor; asking again for the same `name` gives the same tensor. */
  derivedConstant(name: string, make: () => Constant): string {
    const present = this.derived.get(name);
    if (present !== undefined) return present;
    const fresh = this.freshName(name);
    const constant = make();
    this.tensors.set(fresh, { type: constant, role: 'constant', constant });
    this.derived.set(name, fresh);
    return fresh;
  }

  /** An intermediate tensor made from another one; asking again for the same `name` gives the same tensor. */
  derivedResult(name: string, type: TensorType): string {
    const present = this.derived.get(name);
    if (present !== undefined) return present;
    const fresh = this.declare(this.freshName(name), type);
    this.derived.set(name, fresh);
    return fresh;
  }

  freshName(base: string): string {
    return this.tensorNames.add(base);
  }

  /** A name for an operator that no other has. */
  operatorName(base: string): string {
    return this.operatorNames.add(base);
  }

  add(operator: Operator): void {
    this.operators.push(operator);
    for (const output of operator.outputs) this.makers.set(output, operator);
  }

  /** The operator that makes a tensor. */
  maker(tensor: string): Operator | undefined {
    return this.makers.get(tensor);
  }

  /**
   * Puts a quantisation on a tensor; undefined when it already has another one. A constant that is read under two
   * quantisations becomes two constants, of which this gives the right one.
   */
  quantize(tensor: string, quantization: Quantization, operator: string): string | undefined {
    const draft = this.tensors.get(tensor);
    if (draft === undefined) return undefined;
    if (draft.quantization === undefined) {
      draft.quantization = quantization;
      draft.quantizedBy = operator;
      return tensor;
    }
    if (sameQuantization(draft.quantization, quantization)) return tensor;
    const { constant } = draft;
    if (constant === undefined) return undefined;
    const variants = `${tensor}_requantized`;
    for (let count = 1; count <= 1000; count++) {
      const name = this.derivedConstant(
        count === 1 ? variants : `${variants}_${count}`,
        () => new Constant(constant.elementType, constant.shape, () => constant.data()),
      );
      const variant = this.tensors.get(name);
      if (variant === undefined) continue;
      variant.quantization ??= quantization;
      if (sameQuantization(variant.quantization, quantization)) return name;
    }
    return undefined;
  }
}

/** Gives every name once; a name that is taken gets a number. */
class NameSet {
  private readonly taken: Set<string>;
  private readonly counts = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  add(base: string): string {
    let name = base;
    let count = this.counts.get(base) ?? 1;
    while (this.taken.has(name)) name = `${base}_${++count}`;
    this.counts.set(base, count);
    this.taken.add(name);
    return name;
  }
}
