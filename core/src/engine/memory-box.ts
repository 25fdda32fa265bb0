/**
 * A box of words in external memory: planes of rows of words. Addresses and strides in bytes, multiples of
 * channelBlock.
 */
export interface MemoryBox {
  readonly address: number;
  readonly rowWords: number;
  readonly rowCount: number;
  readonly rowStride: number;
  readonly planeCount: number;
  readonly planeStride: number;
}

/** A box of a feature map: channel blocks, rows and columns, each from (inclusive) and to (exclusive). */
export interface TensorRegion {
  readonly tensor: number;
  readonly block: number;
  readonly blockEnd: number;
  readonly row: number;
  readonly rowEnd: number;
  readonly column: number;
  readonly columnEnd: number;
}

/** A box of rows and planes with everything contiguous put into longer rows. `mergePlanes` false keeps planes apart. */
export function tileBox(
  address: number,
  words: number,
  rows: number,
  planes: number,
  width: number,
  height: number,
  wordBytes: number,
  mergePlanes: boolean,
): MemoryBox {
  const rowStride = width * wordBytes;
  const planeStride = height * rowStride;
  if (words !== width && rows > 1)
    return { address, rowWords: words, rowCount: rows, rowStride, planeCount: planes, planeStride };
  const rowWords = words * rows;
  if (planes > 1 && mergePlanes && rowWords === width * height) {
    return {
      address,
      rowWords: rowWords * planes,
      rowCount: 1,
      rowStride: rowWords * planes * wordBytes,
      planeCount: 1,
      planeStride: rowWords * planes * wordBytes,
    };
  }
  return { address, rowWords, rowCount: 1, rowStride: rowWords * wordBytes, planeCount: planes, planeStride };
}

/** Consecutive words. */
export function linearBox(address: number, words: number, wordBytes: number): MemoryBox {
  return {
    address,
    rowWords: words,
    rowCount: 1,
    rowStride: words * wordBytes,
    planeCount: 1,
    planeStride: words * wordBytes,
  };
}
