import { bufferAddressBits, signalName } from '@autodnnchip/core/engine';

import type { ChipBuffer } from '../chip/chip.js';
import { addressBitsFor } from '../cost/memories.js';
import { instance, signal } from './system-verilog.js';
import type { TopLayout } from './top-layout.js';

/** The engines' result buffers and the store unit that empties them. */
export function topStore({ chip, configuration, unitName, wordBits }: TopLayout): string[] {
  const { storeBuffers, storeUnit } = chip;
  const nameOf = ({ unit, id }: ChipBuffer): string => `${unitName(unit)}_${signalName(id)}`;
  const [first, ...others] = storeBuffers.map((buffer, source) => ({ source, words: `${nameOf(buffer)}_stored` }));
  const choice = others
    .map(({ source, words }) => `(store_source == instruction_pkg::STORE_SOURCE_W'(${source})) ? ${words} : `)
    .reverse()
    .join('');
  return [
    '  // Result buffers and store unit.',
    '  logic [instruction_pkg::STORE_SOURCE_W-1:0] store_source;',
    signal('store_address', bufferAddressBits),
    signal('store_data', wordBits),
    ...storeBuffers.map(buffer => signal(`${nameOf(buffer)}_stored`, wordBits)),
    '',
    ...storeBuffers.flatMap(buffer => {
      const name = nameOf(buffer);
      const top = addressBitsFor(buffer.depth) - 1;
      return instance('sync_ram_1r1w', `u_${name}`, { WIDTH: wordBits, DEPTH: buffer.depth, ADDRESS_WIDTH: top + 1 }, [
        'clk',
        ['write_enable', `${name}_write`],
        ['write_address', `${name}_address[${top}:0]`],
        ['write_data', `${name}_data`],
        ['read_address', `store_address[${top}:0]`],
        ['read_data', `${name}_stored`],
      ]);
    }),
    `  assign store_data = ${choice}${first.words};`,
    '',
    ...instance(
      'store_unit',
      'u_store',
      {
        BUS_BYTES: configuration.busBytes,
        WORD_BYTES: configuration.channelBlock,
        BURST_BEATS: configuration.burstBeats,
      },
      [
        'clk',
        'rst',
        ['head', 'store_head'],
        ['ready', `ready[${storeUnit}]`],
        ['pop', `pop[${storeUnit}]`],
        ['done', `done[${storeUnit}]`],
        'layer_done',
        'done_layer',
        ['busy', `busy[${storeUnit}]`],
        ['read_source', 'store_source'],
        ['read_address', 'store_address'],
        ['read_data', 'store_data'],
        'm_axi_awaddr',
        'm_axi_awlen',
        'm_axi_awvalid',
        'm_axi_awready',
        'm_axi_wdata',
        'm_axi_wlast',
        'm_axi_wvalid',
        'm_axi_wready',
        'm_axi_bvalid',
        'm_axi_bready',
      ],
    ),
  ];
}
