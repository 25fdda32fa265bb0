import type { Sweep, WindowGeometry } from '@autodnnchip/core/engine';

/** One sweep over all of the input. */
export const oneSweep: readonly Sweep[] = [{ offsetY: 0, offsetX: 0, outputBlock: 0 }];

/** Every pixel on its own. */
export function pointWindow({ height, width }: { height: number; width: number }): WindowGeometry {
  return {
    inputHeight: height,
    inputWidth: width,
    outputHeight: height,
    outputWidth: width,
    kernelHeight: 1,
    kernelWidth: 1,
    strideY: 1,
    strideX: 1,
    dilationY: 1,
    dilationX: 1,
    paddingTop: 0,
    paddingLeft: 0,
    paddingValue: 0,
  };
}
