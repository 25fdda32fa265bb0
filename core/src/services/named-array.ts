import type { NumericArray } from '../data/numeric-array.js';

/** An array with a name: a network's input or output, or an entry of an .npz file. */
export interface NamedArray extends NumericArray {
  readonly name: string;
}
