/** Largest row or column within a tile that an instruction can name. */
export const largestCoordinate = 8191;

/** Input rows or columns that output positions [first, first + count) need, within the feature map. */
export interface InputSpan {
  readonly start: number;
  readonly count: number;
  /** Padding before `start`. */
  readonly padding: number;
}

/** One axis of a window: kernel taps [tapBase, tapBase + taps). */
export function inputSpan(
  first: number,
  count: number,
  tapBase: number,
  taps: number,
  stride: number,
  dilation: number,
  padding: number,
  extent: number,
): InputSpan {
  const begin = first * stride + tapBase * dilation - padding;
  const end = begin + (count - 1) * stride + (taps - 1) * dilation + 1;
  const start = Math.max(0, begin);
  const stop = Math.min(extent, end);
  // All of it is padding: one position is loaded and none is read.
  if (stop <= start) return { start: Math.min(start, extent - 1), count: 1, padding: end - begin };
  return { start, count: stop - start, padding: start - begin };
}

/** Most input positions that any tile of `count` outputs needs. */
export function largestSpan(count: number, taps: number, stride: number, dilation: number, extent: number): number {
  return Math.min(extent, (count - 1) * stride + (taps - 1) * dilation + 1);
}

/** Tile extents ceil(extent / n), largest first, each once. */
export function tileExtents(extent: number): number[] {
  const extents: number[] = [];
  let parts = 1;
  while (parts <= extent) {
    const size = Math.ceil(extent / parts);
    extents.push(size);
    if (size === 1) break;
    // Smallest number of parts with a smaller size.
    parts = Math.ceil(extent / (size - 1));
  }
  return extents;
}
