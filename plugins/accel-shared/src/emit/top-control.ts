import { registerMap } from '../chip/register-map.js';
import { instructionWords } from '../configuration.js';
import { addressBitsFor } from '../cost/memories.js';
import { instance, signal } from './system-verilog.js';
import type { TopLayout } from './top-layout.js';

/** Registers, layer recorder, dispatcher and finished counts: what drives the units and tells of them. */
export function topControl({ chip, configuration, recordLayers }: TopLayout): string[] {
  const units = chip.units.length;
  const { recordWords, liveCounters } = registerMap(chip);
  const recordAddressBits = Math.log2(recordLayers * recordWords);
  const instructionWordCount = instructionWords(configuration);
  const programAddressBits = addressBitsFor(2 * configuration.programBlock * instructionWordCount);
  const perUnit = ['push', 'full', 'empty', 'ready', 'waits_input', 'waits_output', 'pop', 'done', 'busy'];
  return [
    `  // Control. Units, from bit 0: ${chip.units.map(({ name }) => name).join(', ')}.`,
    signal('start'), signal('program_address', 32), signal('dispatching'), signal('finished_all'), signal('cycles', 32),
    signal('counters', 32 * liveCounters), signal('record_address', recordAddressBits), signal('record_data', 32),
    signal('program_loaded'), signal('units_idle'), signal('program_read_address', programAddressBits),
    signal('program_read_data', 8 * configuration.channelBlock), '  logic [instruction_pkg::INSTRUCTION_BITS-1:0] instruction;', signal('push_first'),
    signal('finished', 16 * units), signal('layer_done'), '  logic [instruction_pkg::HEADER_LAYER_W-1:0] done_layer;',
    ...perUnit.map((name) => `  logic [${units - 1}:0] ${name};`),
    '',
    '  assign irq           = finished_all;',
    `  assign m_axi_arsize  = 3'd${Math.log2(configuration.busBytes)};`,
    `  assign m_axi_awsize  = 3'd${Math.log2(configuration.busBytes)};`,
    "  assign m_axi_arburst = 2'b01;",
    "  assign m_axi_awburst = 2'b01;",
    "  assign m_axi_wstrb   = '1;",
    '',
    ...instance('axil_registers', 'u_registers', { UNITS: units, RECORD_ADDRESS_WIDTH: recordAddressBits }, [
      'clk', 'rst', 's_axil_awaddr', 's_axil_awvalid', 's_axil_awready', 's_axil_wdata', 's_axil_wstrb', 's_axil_wvalid', 's_axil_wready',
      's_axil_bresp', 's_axil_bvalid', 's_axil_bready', 's_axil_araddr', 's_axil_arvalid', 's_axil_arready', 's_axil_rdata', 's_axil_rresp',
      's_axil_rvalid', 's_axil_rready', 'start', 'program_address', ['busy', 'dispatching'], ['done', 'finished_all'], 'cycles', 'counters',
      'record_address', 'record_data',
    ]),
    '',
    ...instance('layer_recorder', 'u_recorder', {
      UNITS: units, RECORD_WORDS: recordWords, LAYER_WIDTH: 'instruction_pkg::HEADER_LAYER_W', RECORD_LAYERS: recordLayers, RECORD_ADDRESS_WIDTH: recordAddressBits,
    }, [
      'clk', 'rst', 'start', ['running', 'dispatching'], 'busy', 'waits_input', 'waits_output', 'layer_done', ['layer', 'done_layer'], 'cycles', 'counters',
      ['read_address', 'record_address'], ['read_data', 'record_data'],
    ]),
    '',
    ...instance('dispatcher', 'u_dispatcher', {
      UNITS: units, WORD_BYTES: configuration.channelBlock, INSTRUCTION_WORDS: instructionWordCount, PROGRAM_BLOCK: configuration.programBlock,
      ADDRESS_WIDTH: programAddressBits,
    }, [
      'clk', 'rst', 'start', 'program_address', ['block_loaded', 'program_loaded'], 'units_idle', ['read_address', 'program_read_address'],
      ['read_data', 'program_read_data'], 'instruction', 'push', 'full', 'push_first', ['busy', 'dispatching'], ['done', 'finished_all'],
    ]),
    '',
    ...instance('finished_counts', 'u_finished', { UNITS: units }, ['clk', 'rst', 'start', 'push', 'push_first', 'done', 'finished', ['all_idle', 'units_idle']]),
  ];
}
