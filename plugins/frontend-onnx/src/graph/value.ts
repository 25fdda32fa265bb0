import type { Constant, TensorType } from '../tensors/constant.js';

/** What is known of one name in the graph. */
export interface Value {
  /** The tensor that carries it; another name than the graph's own when an operator such as Identity was removed. */
  readonly tensor: string;
  /** Undefined behind an operator whose results cannot be shaped. */
  readonly type: TensorType | undefined;
  readonly constant?: Constant;
}

/** Answer of a rule that cannot do what it is for: why not. */
export class Refusal {
  constructor(readonly reason: string) {}
}

export function refuse(reason: string): Refusal {
  return new Refusal(reason);
}
