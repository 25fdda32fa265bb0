/**
 * Clock cycles per second of the simulated chip with 256 multipliers in its convolution engine. Bar: 150,000 with
 * Verilator.
 */
import { ultra96Platform } from '@autodnnchip/platform-ultra96';
import { describeDifferences, mapChip, runChip, type ChipRun } from '../test/support/chip-run.js';
import { disposeSimulators } from '../test/support/chip-simulators.js';
import { chipFromArguments } from './support/chips.js';
import { fullSizeNetwork } from './support/full-size.js';
import { median } from './support/measure.js';
import { describeMachine, machine, writeResults } from './support/results.js';

const barCyclesPerSecond = 150_000;
const runs = 5;
const { configuration, suffix, names } = chipFromArguments();
const name = names[0] ?? 'mobilenet_v2';
const { memory } = ultra96Platform();

const { network, inputs, expected } = await fullSizeNetwork(name);
const mapped = mapChip(network, configuration, memory);
const results: ChipRun[] = [];
for (let run = 0; run < runs; run++)
  results.push(
    await runChip({
      network,
      configuration,
      memory,
      inputs,
      expected,
      mapped,
      tool: 'verilator',
      timeLimitSeconds: 1800,
    }),
  );
await disposeSimulators();

const wrong = results.map(describeDifferences).find(differences => differences !== '');
if (wrong !== undefined) throw new Error(`The simulation is wrong, its speed means nothing: ${wrong}`);
const speeds = results.map(run => Math.round(run.simulatedCyclesPerSecond));
const speed = median(speeds);
const where = machine();
writeResults(
  `simulation-speed${suffix}`,
  {
    benchmark: 'simulation-speed',
    network: name,
    machine: where,
    configuration,
    barCyclesPerSecond,
    passes: speed > barCyclesPerSecond,
    cycles: results[0].totalCycles.simulated,
    medianCyclesPerSecond: speed,
    cyclesPerSecond: speeds,
  },
  [
    `# Speed of simulation with Verilator`,
    '',
    `Full-size ${name}, ${results[0].totalCycles.simulated} cycles, ${configuration.channelBlock} x ${configuration.outputParallelism} multipliers and ${configuration.laneBlocks * configuration.channelBlock} lanes: ` +
      `median of ${runs} runs ${speed} cycles per second (${Math.min(...speeds)} to ${Math.max(...speeds)}), bar ${barCyclesPerSecond}: ${speed > barCyclesPerSecond ? 'met' : 'MISSED'}.`,
    describeMachine(where),
  ].join('\n'),
);
