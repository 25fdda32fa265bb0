import { instance } from './system-verilog.js';
import type { TopLayout } from './top-layout.js';

/** A queue for each unit. */
export function topQueues({ chip, configuration, unitName }: TopLayout): string[] {
  return [
    '  // Queues: an instruction leaves when every unit has finished what it waits for.',
    ...chip.units.flatMap(({ producers }, unit) => {
      const name = unitName(unit);
      const bits = `instruction_pkg::${name.toUpperCase()}_BITS`;
      const mask = chip.units
        .map((_, index) => (producers.includes(index) ? 1 : 0))
        .reverse()
        .join('');
      return [
        `  logic [${bits}-1:0] ${name}_head;`,
        ...instance(
          'task_queue',
          `u_${name}_queue`,
          {
            UNITS: chip.units.length,
            WIDTH: bits,
            DEPTH: configuration.queueDepth,
            PRODUCERS: `${chip.units.length}'b${mask}`,
          },
          [
            'clk',
            'rst',
            ['push', `push[${unit}]`],
            ['push_data', `instruction[${bits}-1:0]`],
            ['full', `full[${unit}]`],
            ['empty', `empty[${unit}]`],
            'finished',
            ['head', `${name}_head`],
            ['ready', `ready[${unit}]`],
            ['waits_input', `waits_input[${unit}]`],
            ['waits_output', `waits_output[${unit}]`],
            ['pop', `pop[${unit}]`],
          ],
        ),
      ];
    }),
  ];
}
