import type { ConvLayer, LaneLayer, LoweredLayer, WindowGeometry } from '../lowering/index.js';

/** What a layer needs of its feature maps, whatever its tiling: positions that its windows touch. */
export interface TouchedMaps {
  /** Words of channelBlock bytes, each operand's. */
  readonly words: number;
  /** Every position of every operand's view is touched. */
  readonly isWhole: boolean;
}

const known = new WeakMap<LoweredLayer, TouchedMaps>();

/** Computed once per lowered layer: a search asks for the same with every configuration. */
export function touchedMaps(layer: LoweredLayer): TouchedMaps {
  let touched = known.get(layer);
  if (touched === undefined) known.set(layer, touched = layer.engine === 'conv' ? touchedByConvolution(layer) : touchedByLanes(layer));
  return touched;
}

function touchedByConvolution(layer: ConvLayer): TouchedMaps {
  const { window } = layer;
  const positions = touchedOf(window, 'y', [0]) * touchedOf(window, 'x', [0]);
  const blocks = blocksOf(layer);
  return { words: blocks * positions, isWhole: blocks === layer.input.blocks && positions === window.inputHeight * window.inputWidth };
}

/** Input blocks that some partition reads. Partitions are in the order of their blocks. */
function blocksOf({ partitions }: ConvLayer): number {
  let end = 0;
  let blocks = 0;
  for (const partition of [...partitions].sort((left, right) => left.blockBase - right.blockBase)) {
    const from = Math.max(end, partition.blockBase);
    end = Math.max(end, partition.blockBase + partition.blocks);
    blocks += Math.max(0, end - from);
  }
  return blocks;
}

function touchedByLanes(layer: LaneLayer): TouchedMaps {
  const { window, variants } = layer;
  const offsetsY = [...new Set(variants.map(({ offsetY }) => offsetY))];
  const offsetsX = [...new Set(variants.map(({ offsetX }) => offsetX))];
  const offsets = new Set(variants.map(({ offsetY, offsetX }) => `${offsetY} ${offsetX}`));
  // Sweeps at every pair of the offsets touch rows times columns; of others the largest is a bound.
  const positions = offsets.size === offsetsY.length * offsetsX.length
    ? touchedOf(window, 'y', offsetsY) * touchedOf(window, 'x', offsetsX)
    : variants.reduce((most, { offsetY, offsetX }) => Math.max(most, touchedOf(window, 'y', [offsetY]) * touchedOf(window, 'x', [offsetX])), 0);
  const blocks = layer.inputs.reduce((sum, input) => sum + input.blocks, 0);
  return { words: blocks * positions, isWhole: positions === window.inputHeight * window.inputWidth };
}

/** Rows or columns of the input that windows touch, at any of these offsets. */
function touchedOf(window: WindowGeometry, axis: 'x' | 'y', offsets: readonly number[]): number {
  return axis === 'y'
    ? touchedAlong(window.inputHeight, window.outputHeight, window.kernelHeight, window.strideY, window.dilationY, window.paddingTop, offsets)
    : touchedAlong(window.inputWidth, window.outputWidth, window.kernelWidth, window.strideX, window.dilationX, window.paddingLeft, offsets);
}

function touchedAlong(extent: number, outputs: number, taps: number, stride: number, dilation: number, padding: number, offsets: readonly number[]): number {
  if (offsets.length === 1 && (dilation === 1 || taps === 1) && (stride <= taps || outputs === 1)) {
    const first = offsets[0] - padding;
    return Math.max(0, Math.min(extent, first + (outputs - 1) * stride + (taps - 1) * dilation + 1) - Math.max(0, first));
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
