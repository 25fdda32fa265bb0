/**
 * Holds prediction and reference executor against simulation over many chips, odd sizes among them, each with two
 * memories: the fixture networks, and random networks. Everything must be equal: output values, cycles, and the
 * counters of every layer.
 *     bench/cosim-sweep.ts [--networks 40] [--seed 1] [--drawn 14] [--only TEXT]
 */
import { parseArgs } from 'node:util';
import { ChipError, type MemoryModel } from '@autodnnchip/core';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import fc from 'fast-check';
import { withEngines, type ChipOfTests } from '../test/support/chip-engines.js';
import { drawConfiguration, oddChips } from '../test/accel-shared/cosim/odd-chips.js';
import { checkRandomNetworks } from '../test/accel-shared/cosim/random-runs.js';
import { drawFrom } from '../test/accel-shared/random-draws.js';
import { fixtureArray, readFixture } from '../test/network-passes/network-under-test.js';

import { runChip, type ChipRun } from '../test/support/chip-run.js';
import { disposeSimulators } from '../test/support/chip-simulators.js';
import { testChips, ultra96Chip } from './support/chips.js';
import { machine, markdownTable, writeResults } from './support/results.js';

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    drawn: { type: 'string', default: '14' },
    only: { type: 'string', default: '' },
  },
});
const seed = Number(options.seed);
const randomNetworks = Number(options.networks);
const largestMultipliers = 1100;

const files = [
  'lenet-qop_s8s8_pc',
  'lenet-qop_u8u8_pt',
  'mlperf_resnet8-qop_s8s8_pc',
  'mlperf_dscnn-qop_s8s8_pc',
  'mobilenet_v2-qop_s8s8_pc',
  'resnet18-qop_s8s8_pc',
  'skynet-qop_s8s8_pc',
].map(file => `onnx-quant/${file}.onnx`);
const memories: readonly MemoryModel[] = [
  {
    readLatencyCycles: 40,
    writeLatencyCycles: 20,
    beatIntervalCycles: 1,
    burstGapCycles: 0,
    sharedBytesPerKilocycle: 0,
  },
  { readLatencyCycles: 7, writeLatencyCycles: 3, beatIntervalCycles: 2, burstGapCycles: 3, sharedBytesPerKilocycle: 0 },
  {
    readLatencyCycles: 23,
    writeLatencyCycles: 11,
    beatIntervalCycles: 1,
    burstGapCycles: 1,
    sharedBytesPerKilocycle: 5333,
  },
];

function chips(): readonly (readonly [string, ChipOfTests])[] {
  const drawn = fc.sample(
    fc.gen().map(gen => drawConfiguration(drawFrom(gen), largestMultipliers)),
    { numRuns: Number(options.drawn), seed },
  );
  const all: (readonly [string, ChipOfTests])[] = [
    ...Object.entries(testChips).map(([name, chip]) => [name, withEngines(chip)] as const),
    ['ultra96, four lane blocks', withEngines(ultra96Chip)],
    ...Object.entries(oddChips),
    ...drawn.map((chip, index) => [`drawn ${index}`, chip] as const),
  ];
  return all.filter(([name]) => name.includes(options.only));
}

/** What all runs of one chip with one memory added up to. */
interface SweepRow {
  readonly chip: string;
  readonly memory: MemoryModel;
  networks: number;
  randomNetworks: number;
  layers: number;
  values: number;
  cycles: number;
  mismatches: number;
  /** Numbers of layer records, and of whole runs, that differ from the prediction. */
  differences: number;
  /** Networks that the chip's buffers are too small for. */
  readonly notFitting: string[];
  readonly problems: string[];
}

function addRun(row: SweepRow, run: ChipRun): void {
  row.networks++;
  row.layers += run.layers.length;
  row.values += run.values;
  row.cycles += run.totalCycles.simulated;
  row.mismatches += run.mismatches;
  if (run.totalCycles.predicted !== run.totalCycles.simulated) row.differences++;
  for (const layer of run.layers)
    row.differences += layer.predicted.filter((counter, word) => counter !== layer.simulated[word]).length;
}

async function sweepChip(
  chip: string,
  configuration: ChipOfTests,
  memory: MemoryModel,
  networkSeed: number,
): Promise<SweepRow> {
  const row: SweepRow = {
    chip,
    memory,
    networks: 0,
    randomNetworks: 0,
    layers: 0,
    values: 0,
    cycles: 0,
    mismatches: 0,
    differences: 0,
    notFitting: [],
    problems: [],
  };
  for (const file of files) {
    const network = await prepareNetwork(await readFixture(file));
    const inputs = new Map([[network.inputs[0], fixtureArray(file, 'input')]]);
    const expected = new Map([[network.outputs[0], fixtureArray(file, 'y_noopt')]]);
    try {
      addRun(row, await runChip({ network, configuration, memory, inputs, expected, tool: 'verilator' }));
    } catch (error) {
      if (!(error instanceof ChipError)) throw error;
      (error.code === 'ADC3201' ? row.notFitting : row.problems).push(`${file}: ${error.message}`);
    }
  }
  try {
    const random = await checkRandomNetworks(configuration, { runs: randomNetworks, seed: networkSeed, memory });
    row.randomNetworks = random.networks;
    row.layers += random.layers;
    row.values += random.values;
    row.cycles += random.cycles;
  } catch (error) {
    row.problems.push(error instanceof Error ? error.message : String(error));
  }
  return row;
}

const describeChip = (chip: ChipOfTests): string =>
  `${chip.channelBlock} x ${chip.outputParallelism}, bus ${chip.busBytes}, ${chip.laneBlocks} lane blocks${chip.laneMultiply === 1 ? '' : ' without multipliers'}, dividers ${chip.convRequantizeDivider}/${chip.laneRequantizeDivider}, ` +
  `bursts ${chip.burstBeats}, reads ${chip.outstandingReads}, queues ${chip.queueDepth}, blocks of ${chip.programBlock}`;
const describeMemory = ({
  readLatencyCycles,
  writeLatencyCycles,
  beatIntervalCycles,
  burstGapCycles,
  sharedBytesPerKilocycle,
}: MemoryModel): string =>
  `${readLatencyCycles}/${writeLatencyCycles}, ${beatIntervalCycles}, ${burstGapCycles}, ${sharedBytesPerKilocycle}`;

const rows: SweepRow[] = [];
const swept = chips();
for (const [name, configuration] of swept) {
  for (const memory of memories) {
    const row = await sweepChip(name, configuration, memory, seed + rows.length);
    rows.push(row);
    process.stderr.write(
      `${name} | ${describeMemory(memory)} | ${row.networks} networks, ${row.randomNetworks} random, ${row.cycles} cycles, ${row.mismatches} mismatches, ${row.differences} differences, ${row.notFitting.length} do not fit ${row.problems.join('\n')}\n`,
    );
  }
}
await disposeSimulators();

const sum = (
  key: 'networks' | 'randomNetworks' | 'layers' | 'values' | 'cycles' | 'mismatches' | 'differences',
): number => rows.reduce((total, row) => total + row[key], 0);
const problems = rows.flatMap(row => row.problems);
writeResults(
  'cosim-sweep',
  {
    benchmark: 'cosim-sweep',
    machine: machine(),
    seed,
    files,
    memories,
    chips: Object.fromEntries(swept),
    rows,
    totals: {
      chips: swept.length,
      networks: sum('networks'),
      randomNetworks: sum('randomNetworks'),
      layers: sum('layers'),
      values: sum('values'),
      cycles: sum('cycles'),
      mismatches: sum('mismatches'),
      differences: sum('differences'),
      problems: problems.length,
    },
  },
  [
    '# Simulation against prediction and reference executor',
    '',
    `${swept.length} chips, ${memories.length} memories, ${sum('networks')} runs of fixture networks and ${sum('randomNetworks')} of random networks (other ones each time, from seed ${seed} on): ${sum('layers')} layers, ${sum('cycles')} cycles.`,
    `${sum('mismatches')} of ${sum('values')} output values differ; ${sum('differences')} cycle counts and counters differ (every word of every layer's record, and each run's total); ${problems.length} runs failed.`,
    '',
    markdownTable(
      [
        'chip',
        'configuration',
        'memory: latencies, interval, gap, bytes shared per 1000 cycles',
        'networks',
        'random',
        'layers',
        'cycles',
        'values differing',
        'counts differing',
        'do not fit',
      ],
      rows.map(row => [
        row.chip,
        describeChip(swept.find(([name]) => name === row.chip)![1]),
        describeMemory(row.memory),
        row.networks,
        row.randomNetworks,
        row.layers,
        row.cycles,
        row.mismatches,
        row.differences,
        row.notFitting.length,
      ]),
    ),
    ...(problems.length > 0 ? ['', '```', ...problems, '```'] : []),
  ].join('\n'),
);
process.exitCode = problems.length + sum('mismatches') + sum('differences') > 0 ? 1 : 0;
