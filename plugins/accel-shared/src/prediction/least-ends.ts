import type { Arithmetic } from '@autodnnchip/core';

import type { LoweredLayer, LoweredNetwork } from '../lowering/index.js';

/** Cycles that a layer keeps each unit busy at least. */
export interface LeastBusy<Value> {
  readonly readCycles: Value;
  readonly computeCycles: Value;
  readonly writeCycles: Value;
}

/**
 * The earliest cycles in which the layers of a network can end, as no tiling and no program can beat them:
 *
 * - each unit (load, conv, lane, store) does the layers in their order, each for as long as it must be busy;
 * - an engine begins a layer after all loads of the layers before, and ends it after the layer's last load;
 * - a store of a layer follows a computation of that layer, and its last one the last computation;
 * - a layer that reads a whole feature map loads its last part after the last store to it.
 */
export function createLeastEnds<Value>(
  math: Arithmetic<Value>,
  network: LoweredNetwork,
  start: Value,
): (layer: LoweredLayer, readsWholeMaps: boolean, busy: LeastBusy<Value>) => Value {
  const stored = network.tensors.map(() => start);
  const engines = new Map<number, Value>();
  let loadEnd = start;
  let storeEnd = start;
  const keep = (what: string, value: Value): Value =>
    math.procedure(what, math.valueOf(value), 'cycle', `${what}, by the order of the units`, []);
  const later = (what: string, first: Value, second: Value): Value =>
    math.valueOf(second) > math.valueOf(first) ? math.named(what, second) : math.named(what, first);
  const after = (what: string, begin: Value, cycles: Value): Value => math.apply('sum', what, 'cycle', [begin, cycles]);
  return ({ work: { name, inputs, output }, unit }, readsWholeMaps, { readCycles, computeCycles, writeCycles }) => {
    const begin = later(`start of computing ${name}`, engines.get(unit) ?? start, loadEnd);
    let loads = after(`end of reading up to ${name}`, loadEnd, readCycles);
    for (const { tensor, blocks } of inputs) {
      if (readsWholeMaps && blocks === network.tensors[tensor].blocks)
        loads = later(`end of reading up to ${name}`, loads, stored[tensor]);
    }
    const computed = later(`end of computing ${name}`, after(`end of computing ${name}`, begin, computeCycles), loads);
    const written = later(
      `end of writing up to ${name}`,
      after(`end of writing up to ${name}`, later(`start of writing ${name}`, storeEnd, begin), writeCycles),
      computed,
    );
    // What went before is explained where it was predicted: repeating it here would double the explanation with every
    // layer.
    loadEnd = keep(`end of reading up to ${name}`, loads);
    engines.set(unit, keep(`end of computing ${name}`, computed));
    storeEnd = keep(`end of ${name}`, written);
    stored[output.tensor] = storeEnd;
    return written;
  };
}
