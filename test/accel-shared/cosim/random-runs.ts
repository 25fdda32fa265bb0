import { ChipError, type MemoryModel, type Network } from '@autodnnchip/core';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import fc from 'fast-check';
import { describeDifferences, mapChip, runChip, type ChipRun, type MappedChip } from '../../support/chip-run.js';
import { drawMemory, randomNetwork } from '@autodnnchip/plugin-conformance';
import { drawFrom } from '../random-draws.js';
import type { ChipOfTests } from '../../support/chip-engines.js';

export interface RandomRunsOptions {
  readonly runs: number;
  readonly seed: number;
  /** Drawn for each network when absent. */
  readonly memory?: MemoryModel;
}

/** What random networks on one chip added up to. */
export interface RandomRuns {
  /** Networks that fitted the chip; the others are not counted below. */
  readonly networks: number;
  readonly layers: number;
  readonly values: number;
  readonly cycles: number;
}

/**
 * Runs random networks with random weights on a simulated chip. Throws, with the smallest network that shows it, where
 * a bit differs from the reference executor, or a cycle or counter from the prediction.
 */
export async function checkRandomNetworks(
  configuration: ChipOfTests,
  { runs, seed, memory }: RandomRunsOptions,
): Promise<RandomRuns> {
  const sum = { networks: 0, layers: 0, values: 0, cycles: 0 };
  const report = await fc.check(
    fc.asyncProperty(fc.gen(), async gen => {
      const draw = drawFrom(gen);
      const { network, inputs } = randomNetwork(draw);
      const timing = memory ?? drawMemory(draw);
      const mapped = mapOrRefuse(network, configuration, timing);
      if (mapped === undefined) return;
      const run = await runChip({
        network,
        configuration,
        memory: timing,
        inputs,
        expected: executeNetwork(network, inputs),
        mapped,
      });
      add(sum, run);
      const differences = describeDifferences(run);
      if (differences !== '')
        throw new Error(
          `${differences}\n${describe(network)}\n${JSON.stringify(timing)}\n${JSON.stringify(configuration)}`,
        );
    }),
    { numRuns: runs, seed },
  );
  if (report.failed)
    throw new Error(
      `${fc.defaultReportMessage(report)}\n${report.errorInstance instanceof Error ? report.errorInstance.stack : ''}`,
    );
  return sum;
}

function add(sum: { networks: number; layers: number; values: number; cycles: number }, run: ChipRun): void {
  sum.networks++;
  sum.layers += run.layers.length;
  sum.values += run.values;
  sum.cycles += run.totalCycles.simulated;
}

/** Undefined where the chip's buffers hold no tile, or a drawn addition has no fixed-point form. */
function mapOrRefuse(network: Network, configuration: ChipOfTests, memory: MemoryModel): MappedChip | undefined {
  try {
    return mapChip(network, configuration, memory);
  } catch (error) {
    if (
      error instanceof ChipError &&
      (error.code === 'ADC3201' ||
        (error.code === 'ADC3001' && /fixed-point|not smaller than its kernel/.test(error.message)))
    )
      return undefined;
    throw error;
  }
}

/** Operators and sizes of a network. */
function describe(network: Network): string {
  const operators = network.operators.map(
    ({ kind, inputs, outputs, attributes }) =>
      `${kind} ${inputs.join()} -> ${outputs.join()} ${JSON.stringify(attributes)}`,
  );
  const tensors = [...network.tensors.values()].map(
    ({ name, shape, elementType, quantization }) =>
      `${name} ${elementType} ${shape.join('x')} scale ${quantization?.scales[0]} zero ${quantization?.zeroPoints.slice(0, 3).join()}`,
  );
  return [...operators, ...tensors].join('\n');
}
