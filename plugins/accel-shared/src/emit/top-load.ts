import { loadUnit } from '../chip/chip.js';
import { instructionWords } from '../configuration.js';
import { addressBitsFor } from '../cost/memories.js';
import { instance, packed, signal } from './system-verilog.js';
import type { TopLayout } from './top-layout.js';

/** The load unit and the instruction buffer. */
export function topLoad({ chip, configuration, bankBits, wordBits }: TopLayout): string[] {
  const { loadBuffers, programTarget } = chip;
  const targets = programTarget + 1;
  const programWords = 2 * configuration.programBlock * instructionWords(configuration);
  const programAddressBits = addressBitsFor(programWords);
  const lastBanks = [...loadBuffers.map(({ banks }) => banks - 1), 0];
  const byPlane = [...loadBuffers.map(({ bankOrder }) => (bankOrder === 'planes' ? 1 : 0)), 0];
  return [
    '  // Load unit. It fills one buffer at a time: a word of a bank in a cycle.',
    signal('fill', targets),
    signal('fill_bank', bankBits),
    signal('fill_row', 20),
    signal('fill_data', wordBits),
    '',
    ...instance(
      'load_unit',
      'u_load',
      {
        BUS_BYTES: configuration.busBytes,
        WORD_BYTES: configuration.channelBlock,
        BURST_BEATS: configuration.burstBeats,
        OUTSTANDING: configuration.outstandingReads,
        BANK_WIDTH: bankBits,
        TARGETS: targets,
        LAST_BANKS: packed(bankBits, lastBanks),
        BY_PLANE: packed(1, byPlane),
      },
      [
        'clk',
        'rst',
        ['head', 'load_head'],
        ['ready', `ready[${loadUnit}]`],
        ['pop', `pop[${loadUnit}]`],
        ['done', `done[${loadUnit}]`],
        ['program_done', 'program_loaded'],
        ['busy', `busy[${loadUnit}]`],
        ['write_target', 'fill'],
        ['write_bank', 'fill_bank'],
        ['write_row', 'fill_row'],
        ['write_data', 'fill_data'],
        'm_axi_araddr',
        'm_axi_arlen',
        'm_axi_arvalid',
        'm_axi_arready',
        'm_axi_rdata',
        'm_axi_rlast',
        'm_axi_rvalid',
        'm_axi_rready',
      ],
    ),
    '',
    ...instance(
      'sync_ram_1r1w',
      'u_program',
      { WIDTH: wordBits, DEPTH: programWords, ADDRESS_WIDTH: programAddressBits },
      [
        'clk',
        ['write_enable', `fill[${programTarget}]`],
        ['write_address', `fill_row[${programAddressBits - 1}:0]`],
        ['write_data', 'fill_data'],
        ['read_address', 'program_read_address'],
        ['read_data', 'program_read_data'],
      ],
    ),
  ];
}
