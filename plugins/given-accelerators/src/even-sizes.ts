import { folds } from './model.js';

/**
 * Sizes of parts when a dimension is cut into 1, 2, 3 ... parts of nearly equal size, from the largest of up to `most`,
 * each size once. One after another, as asked for: a dimension that is only declared may have a hundred thousand of
 * them.
 */
export function* evenSizes(dimension: number, most = dimension): Generator<number> {
  if (most < 1) return;
  for (let parts = folds(dimension, Math.min(most, dimension)); parts <= dimension;) {
    const size = folds(dimension, parts);
    yield size;
    if (size === 1) break;
    parts = folds(dimension, size - 1);
  }
}

/**
 * The largest even size up to `most` that divides the dimension, unless it is less than half of the largest that does
 * not; undefined where `most` < 1.
 */
export function mostInEqualParts(dimension: number, most: number): number | undefined {
  let largest: number | undefined;
  for (const size of evenSizes(dimension, most)) {
    largest ??= size;
    if (2 * size < largest) break;
    if (dimension % size === 0) return size;
  }
  return largest;
}
