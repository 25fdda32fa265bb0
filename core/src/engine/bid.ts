/**
 * An operand that an engine needs with its channels in another order: the chassis has the copy made, by the engine that
 * bids best for it.
 */
export interface CopyRequest {
  /** Index into the work's inputs. */
  readonly operand: number;
  /** Logical channel of each physical channel of the copy; -1: it only fills its block. */
  readonly channelMap: Int32Array;
}

/**
 * What an engine says of a work: cycles that it takes at least, or why it does not run it. The lowest bid wins, the
 * first of equal ones. `docs/engines.md` has the rules, those of copies among them.
 */
export type Bid =
  | { readonly cycles: number; readonly copies?: readonly CopyRequest[] }
  | {
      /** As a sentence that goes on after the work's name: "its kernel ...". */
      readonly refused: string;
      /** The engine runs no work of this form at all: of no interest where another engine has a better reason. */
      readonly isForeign?: true;
    };

/** The answer of an engine to a form of work that is none of its own. */
export function foreignForm(unit: string, form: string): Bid {
  return { refused: `the ${unit} engine runs no work of the form ${form}`, isForeign: true };
}
