import { signalName } from '@autodnnchip/core/engine';

import type { Chip } from '../chip/chip.js';
import { recordLayersFor, type AccelSharedConfiguration } from '../configuration.js';
import { wrapped } from './system-verilog.js';
import { topControl } from './top-control.js';
import { topEngine } from './top-engines.js';
import { topLayout, type TopLayout } from './top-layout.js';
import { topLoad } from './top-load.js';
import { topPorts } from './top-ports.js';
import { topQueues } from './top-queues.js';
import { topStore } from './top-store.js';

/** The bundle's top: module `accel_top`, the chassis with the units of a chip for a network of `layerCount` layers. */
export function topModule(chip: Chip, configuration: AccelSharedConfiguration, layerCount: number): string {
  const layout = topLayout(chip, configuration, recordLayersFor(layerCount));
  const parts = [
    topControl(layout),
    topQueues(layout),
    ...chip.units.map((_, unit) => topUnit(layout, unit)),
    unread(layout),
  ];
  return [
    '// The chip: units that a program in memory drives, and their buffers. Written by the emitter; docs/accel-shared.md says how it works.',
    '`default_nettype none',
    'module accel_top (',
    topPorts(configuration.busBytes),
    ');',
    parts.map(part => part.join('\n')).join('\n\n'),
    'endmodule',
    '`default_nettype wire',
    '',
  ].join('\n');
}

function topUnit(layout: TopLayout, unit: number): string[] {
  switch (layout.chip.units[unit].kind) {
    case 'load':
      return topLoad(layout);
    case 'engine':
      return topEngine(layout, unit);
    case 'store':
      return topStore(layout);
  }
}

/** Bits that no part of the top reads. */
function unread({ chip, unitName }: TopLayout): string[] {
  const addresses = chip.storeBuffers.map(({ unit, id }) => `${unitName(unit)}_${signalName(id)}_address`);
  const missing = chip.loadBuffers
    .filter(({ copies }) => copies === 0)
    .map(({ unit, id }) => `${unitName(unit)}_${signalName(id)}_address`);
  const headers = chip.engines.map((_, index) => `${unitName(index + 1)}_head[instruction_pkg::HEADER_BITS-1:0]`);
  return [
    "  // Buffers are smaller than the address buses; memory answers without errors; a queue's emptiness is in its `ready`;",
    "  // waits are the queues' business; of a single result buffer there is no choice.",
    '  logic unused;',
    '  assign unused = ^{',
    ...wrapped([
      'm_axi_rresp',
      'm_axi_bresp',
      'empty',
      'instruction',
      'fill',
      'fill_row',
      'store_source',
      'store_address',
      ...addresses,
      ...missing,
      ...headers,
    ]),
    '  };',
  ];
}
