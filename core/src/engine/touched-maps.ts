import type { Sweep, WindowGeometry, Work } from './work.js';

/** What a work needs of its feature maps, whatever its tiling: positions that its windows touch. */
export interface TouchedMaps {
  /** Words of channelBlock bytes, each operand's. */
  readonly words: number;
  /** Every position of every operand's view is touched. */
  readonly isWhole: boolean;
}

const withoutOffset: readonly Sweep[] = [{ offsetY: 0, offsetX: 0, outputBlock: 0 }];

/** Positions of the input that windows touch, of all sweeps together. */
export function touchedPositions(window: WindowGeometry, sweeps: readonly Sweep[] = withoutOffset): number {
  const offsetsY = [...new Set(sweeps.map(({ offsetY }) => offsetY))];
  const offsetsX = [...new Set(sweeps.map(({ offsetX }) => offsetX))];
  const offsets = new Set(sweeps.map(({ offsetY, offsetX }) => `${offsetY} ${offsetX}`));
  // Sweeps at every pair of the offsets touch rows times columns; of others the largest is a bound.
  return offsets.size === offsetsY.length * offsetsX.length
    ? touchedOf(window, 'y', offsetsY) * touchedOf(window, 'x', offsetsX)
    : sweeps.reduce(
        (most, { offsetY, offsetX }) =>
          Math.max(most, touchedOf(window, 'y', [offsetY]) * touchedOf(window, 'x', [offsetX])),
        0,
      );
}

/** The feature maps of a work, of which `blocks` blocks are read, all operands together. */
export function touchedMaps(work: Work, blocks: number): TouchedMaps {
  const { window } = work;
  const positions = touchedPositions(window, work.form === 'convolution' ? undefined : work.sweeps);
  return {
    words: blocks * positions,
    isWhole:
      positions === window.inputHeight * window.inputWidth &&
      blocks === work.inputs.reduce((sum, input) => sum + input.blocks, 0),
  };
}

/** Rows or columns of the input that windows touch, at any of these offsets. */
function touchedOf(window: WindowGeometry, axis: 'x' | 'y', offsets: readonly number[]): number {
  return axis === 'y'
    ? touchedAlong(
        window.inputHeight,
        window.outputHeight,
        window.kernelHeight,
        window.strideY,
        window.dilationY,
        window.paddingTop,
        offsets,
      )
    : touchedAlong(
        window.inputWidth,
        window.outputWidth,
        window.kernelWidth,
        window.strideX,
        window.dilationX,
        window.paddingLeft,
        offsets,
      );
}

function touchedAlong(
  extent: number,
  outputs: number,
  taps: number,
  stride: number,
  dilation: number,
  padding: number,
  offsets: readonly number[],
): number {
  if (offsets.length === 1 && (dilation === 1 || taps === 1) && (stride <= taps || outputs === 1)) {
    const first = offsets[0] - padding;
    return Math.max(
      0,
      Math.min(extent, first + (outputs - 1) * stride + (taps - 1) * dilation + 1) - Math.max(0, first),
    );
  }
  const touched = new Uint8Array(extent);
  for (const offset of offsets) {
    for (let output = 0; output < outputs; output++) {
      for (let tap = 0; tap < taps; tap++) {
        const position = output * stride + tap * dilation - padding + offset;
        if (position >= 0 && position < extent) touched[position] = 1;
      }
    }
  }
  let count = 0;
  for (const mark of touched) count += mark;
  return count;
}
