import { buildChipGraph, hold, quantity, type ChipGraph } from '@autodnnchip/core';
import { placeholderClock, placeholderResource } from './systolic-array.js';

/**
 * The convolution of the released simulator: 16 -> 64 channels, 3x3, 4x4 pixels of 16 bits, SRAM ports of 8 bits, an
 * adder tree of 256 multipliers. Inputs and weights are read at the same time, all before the computation begins.
 */
export function adderTreeConvolution(): ChipGraph {
  const elements = (count: number) => ({ volume: quantity(count, 'element'), precisionBits: 16 });
  return buildChipGraph({
    name: 'conv',
    title: 'Convolution 16 -> 64 channels, 3x3, on an adder tree of 256 multipliers',
    clock: placeholderClock,
  })
    .resource(placeholderResource('input buffer', 'memory'))
    .resource(placeholderResource('input NoC', 'datapath'))
    .resource(placeholderResource('weight buffer', 'memory'))
    .resource(placeholderResource('weight NoC', 'datapath'))
    .resource({ ...placeholderResource('adder tree', 'compute'), attributes: { multipliers: 256 } })
    .resource(placeholderResource('output NoC', 'datapath'))
    .resource(placeholderResource('output buffer', 'memory'))
    .node({ id: 'read inputs', class: 'datapath', steps: [hold('input buffer', 512), hold('input NoC', 512)] })
    .node({ id: 'read weights', class: 'datapath', steps: [hold('weight buffer', 18_432), hold('weight NoC', 18_432)] })
    .node({ id: 'compute', class: 'compute', steps: [hold('adder tree', 144)] })
    .node({ id: 'write outputs', class: 'datapath', steps: [hold('output NoC', 512), hold('output buffer', 512)] })
    .edge({ from: 'read inputs', to: 'compute', ...elements(256) })
    .edge({ from: 'read weights', to: 'compute', ...elements(9216) })
    .edge({ from: 'compute', to: 'write outputs', ...elements(256) })
    .graph();
}
