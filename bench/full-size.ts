/**
 * Whole full-size networks with seeded random weights on the simulated chip: bits, cycles and counters must be exact,
 * and at least 80 % of the multipliers busy over convolution layers that memory does not limit.
 *     bench/full-size.ts [--chip NAME] [--set parameter=value]... [skynet mobilenet_v2 resnet18 vgg16]
 */
import { ultra96Platform } from '@autodnnchip/platform-ultra96';
import { hasDepthwise } from '../plugins/accel-shared/src/default-chip.js';
import { describeDifferences, mapChip, runChip } from '../test/support/chip-run.js';
import { disposeSimulators } from '../test/support/chip-simulators.js';
import { chipFromArguments } from './support/chips.js';
import { fullSizeNames, fullSizeNetwork } from './support/full-size.js';
import { describeMachine, machine, markdownTable, writeResults } from './support/results.js';
import { predictFine } from './support/template.js';
import { chipMultipliers, layerUses, summarize, type LayerUse } from './support/utilization.js';

const barUtilization = 0.8;
const { configuration: chip, suffix, names } = chipFromArguments();
const platform = ultra96Platform();
const { memory } = platform;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function runWhole(name: string): Promise<void> {
  const { network, inputs, expected } = await fullSizeNetwork(name);
  // As the builder has it: lanes get multipliers only where a network has depthwise convolutions.
  const configuration = { ...chip, laneMultiply: hasDepthwise(network) ? chip.laneMultiply : 0 };
  const mapped = mapChip(network, configuration, memory);
  const { schedule } = mapped;
  const run = await runChip({ network, configuration, memory, inputs, expected, mapped, timeLimitSeconds: 3600 });
  const differences = describeDifferences(run);
  const prediction = predictFine(network, configuration, platform);
  const uses = layerUses(
    schedule,
    configuration,
    prediction.layers,
    run.layers.map(({ simulated }) => simulated[0]),
  );
  const summary = summarize(uses, configuration);
  const multipliers = chipMultipliers(configuration);
  const where = machine();
  writeResults(
    `full-size-${name}${suffix}`,
    {
      benchmark: 'full-size',
      network: name,
      machine: where,
      tool: run.tool,
      configuration,
      memory: memoryOf(),
      barUtilization,
      values: run.values,
      mismatches: run.mismatches,
      totalCycles: run.totalCycles,
      differences,
      simulatedCyclesPerSecond: Math.round(run.simulatedCyclesPerSecond),
      utilization: summary,
      layers: uses,
    },
    [
      `# Full-size ${name} on ${multipliers.conv} + ${multipliers.lane} multipliers`,
      '',
      `${run.mismatches} of ${run.values} output values differ from the reference executor. ${run.totalCycles.predicted} cycles predicted, ${run.totalCycles.simulated} simulated; ` +
        `${differences === '' ? 'cycles and all counters of every layer are equal' : `DIFFERENCES: ${differences}`}.`,
      `${Math.round(run.simulatedCyclesPerSecond)} simulated cycles per second with ${run.tool}. ${describeMachine(where)}`,
      '',
      'MACs / (multipliers x cycles) over convolution layers that memory does not limit:',
      '',
      markdownTable(
        ['against', 'use'],
        [
          [
            'multipliers of the engine that each layer runs on',
            `${percent(summary.ownEngine)} (bar ${percent(barUtilization)}: ${summary.ownEngine >= barUtilization ? 'met' : 'MISSED'})`,
          ],
          ['convolution engine, its layers', percent(summary.convEngine)],
          ...(multipliers.lane === 0 ? [] : [['lane engine, its layers', percent(summary.laneEngine)]]),
          ['all multipliers of the chip', percent(summary.wholeChip)],
          ['all multipliers, all layers of the network', percent(summary.wholeNetwork)],
        ],
      ),
      '',
      ...lossTable(uses),
    ].join('\n'),
  );
}

function memoryOf(): object {
  const { readLatencyCycles, writeLatencyCycles, beatIntervalCycles, burstGapCycles, sharedBytesPerKilocycle } = memory;
  return { readLatencyCycles, writeLatencyCycles, beatIntervalCycles, burstGapCycles, sharedBytesPerKilocycle };
}

/** Where cycles go, layer by layer. */
function lossTable(uses: readonly LayerUse[]): string[] {
  const rows = uses.map((use, index) => [
    index,
    use.name,
    use.operator,
    use.engine,
    (use.multiplyAccumulates / 1e6).toFixed(2),
    use.cycles,
    use.taskCycles,
    use.lostCycles,
    use.multiplyAccumulates === 0 ? '' : percent(use.utilization),
    use.limitedBy,
  ]);
  return [
    'Cycles go from the end of the layer before (its last result is in memory) to the end of this one; tasks may run before that, so the engine alone may take longer. ' +
      'Lost are engine cycles beyond MACs / multipliers of the engine.',
    '',
    markdownTable(
      ['', 'layer', 'operator', 'engine', 'million MACs', 'cycles', 'tasks alone', 'lost', 'use', 'limited by'],
      rows,
    ),
  ];
}

for (const name of names.length > 0 ? names : fullSizeNames) await runWhole(name);
await disposeSimulators();
