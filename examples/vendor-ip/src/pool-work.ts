import { foreignForm, type Bid, type MaximumWork, type Work } from '@autodnnchip/core/engine';

import type { PoolValues } from './pool-values.js';

export const unit = 'pool';

/** Rows or columns that pass for `results` of them. */
export function passing(results: number, window: number, stride: number): number {
  return (results - 1) * stride + window;
}

/** Cycles of a whole work in one tile: each position of the padded map passes once. */
export function workCycles({ window, inputs }: MaximumWork): number {
  return (
    inputs[0].blocks *
    passing(window.outputHeight, window.kernelHeight, window.strideY) *
    passing(window.outputWidth, window.kernelWidth, window.strideX)
  );
}

/** Maxima under a window without gaps; what else there is, other engines run. */
export function bidFor(work: Work, { poolWindow }: PoolValues): Bid {
  if (work.form !== 'maximum') return foreignForm(unit, work.form);
  const { kernelHeight, kernelWidth, dilationY, dilationX } = work.window;
  if (work.inputs.length !== 1) return { refused: 'the pool engine takes one operand' };
  if (work.sweeps.length !== 1 || work.sweeps[0].offsetY !== 0 || work.sweeps[0].offsetX !== 0)
    return { refused: 'the pool engine passes over a map once, from its first position on' };
  if ((kernelHeight > 1 && dilationY > 1) || (kernelWidth > 1 && dilationX > 1))
    return { refused: 'its window has gaps (dilation), which the pool engine does not leave out' };
  if (Math.max(kernelHeight, kernelWidth) > poolWindow)
    return {
      refused: `its window of ${kernelHeight} x ${kernelWidth} is larger than the pool engine's (poolWindow is ${poolWindow})`,
    };
  return { cycles: workCycles(work) };
}
