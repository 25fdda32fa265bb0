import type { NumericArray } from '../data/numeric-array.js';

/** An array with a name: a network's input or output, or an entry of an .npz file. */
export interface NamedArray extends NumericArray {
  readonly name: string;
  /** The user named this very array: it needs no word where it goes with a tensor of another name. */
  readonly chosen?: true;
}

/**
 * The array for one of the tensors `names`: that of its name, or else the only array for the only tensor. Undefined
 * where there is none, or where it would be a guess.
 */
export function arrayFor(
  name: string,
  names: readonly string[],
  arrays: readonly NamedArray[],
): NamedArray | undefined {
  const isOnly = new Set(names).size === 1 && arrays.length === 1;
  return arrays.find(array => array.name === name) ?? (isOnly ? arrays[0] : undefined);
}

/** What to say of an array that was taken under another name; undefined where there is nothing to say. */
export function noteOnArray(name: string, array: NamedArray | undefined): string | undefined {
  if (array === undefined || array.chosen === true || array.name === name) return undefined;
  return `'${name}' takes the array '${array.name}': there is none of its own name.`;
}
