import type { Network, NumericArray } from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTreeDefinition } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngineDefinition } from '@autodnnchip/ip-lane-engine';

import { streamPoolDefinition } from '../../examples/vendor-ip/src/index.js';
import type { ChipOfTests } from '../support/chip-engines.js';
import { oddChips } from '../accel-shared/cosim/odd-chips.js';
import type { Draw } from '@autodnnchip/plugin-conformance';
import { scaled, sketchNetwork } from '../network-passes/network-under-test.js';

/** Sizes of the vendor's engine that nothing divides, at both bounds of its window. */
const poolSizes = [
  { poolWindow: 2, poolLineDepth: 2, poolInputDepth: 64, poolOutputDepth: 16 },
  { poolWindow: 3, poolLineDepth: 13, poolInputDepth: 211, poolOutputDepth: 47 },
  { poolWindow: 8, poolLineDepth: 37, poolInputDepth: 401, poolOutputDepth: 173 },
] as const;

function withPool(
  chip: ChipOfTests,
  sizes: (typeof poolSizes)[number],
  engines: readonly EngineDefinition[],
): ChipOfTests {
  return { ...chip, ...sizes, engines };
}

/** Chips with the vendor's engine beside both others. */
export const vendorChips: Readonly<Record<string, ChipOfTests>> = Object.fromEntries(
  Object.entries(oddChips)
    .slice(0, poolSizes.length)
    .map(([name, chip], index) => [
      `windows of ${poolSizes[index].poolWindow}, ${name}`,
      withPool(chip, poolSizes[index], [convAdderTreeDefinition, laneEngineDefinition, streamPoolDefinition]),
    ]),
);

/** Chips on which it takes the lane engine's place: it runs every maximum that there is, whoever would bid less. */
export const chipsWithoutLane: readonly {
  readonly largestWindow: number;
  readonly chip: ChipOfTests;
}[] = Object.values(oddChips)
  .slice(0, poolSizes.length)
  .map((chip, index) => ({
    largestWindow: poolSizes[index].poolWindow,
    chip: withPool(chip, poolSizes[index], [convAdderTreeDefinition, streamPoolDefinition]),
  }));

export interface PoolNetwork {
  readonly network: Network;
  readonly inputs: ReadonlyMap<string, NumericArray>;
}

/** Maximum pools of any window, stride and padding, each after the other. */
export function poolNetwork(draw: Draw, largestWindow: number): PoolNetwork {
  const channels = draw.integer(1, 40);
  const quantization = scaled(0.05, draw.integer(-100, 100));
  let [height, width] = [draw.integer(1, 24), draw.integer(1, 24)];
  const shapes = [[1, channels, height, width]];
  const pools = Array.from({ length: draw.integer(1, 3) }, (_, index) => {
    const axis = (extent: number): { kernel: number; stride: number; padding: readonly [number, number] } => {
      const kernel = draw.integer(1, largestWindow);
      const before = draw.integer(0, kernel - 1);
      const after = Math.max(draw.integer(0, kernel - 1), kernel - extent - before);
      return { kernel, stride: draw.integer(1, 4), padding: [before, after] };
    };
    const [y, x] = [axis(height), axis(width)];
    const results = (extent: number, { kernel, stride, padding }: ReturnType<typeof axis>): number =>
      Math.floor((extent + padding[0] + padding[1] - kernel) / stride) + 1;
    [height, width] = [results(height, y), results(width, x)];
    shapes.push([1, channels, height, width]);
    return {
      kind: 'maxPool',
      inputs: [`t${index}`],
      outputs: [`t${index + 1}`],
      attributes: {
        kernel: [y.kernel, x.kernel],
        stride: [y.stride, x.stride],
        dilation: [1, 1],
        padding: [y.padding[0], x.padding[0], y.padding[1], x.padding[1]],
      },
    } as const;
  });
  const network = sketchNetwork(
    Object.fromEntries(shapes.map((shape, index) => [`t${index}`, { shape, type: 'int8', quantization } as const])),
    pools,
  );
  const count = shapes[0].reduce((product, extent) => product * extent, 1);
  const data = Int8Array.from({ length: count }, () => draw.integer(-128, 127));
  return { network, inputs: new Map([['t0', { shape: shapes[0], elementType: 'int8', data }]]) };
}
