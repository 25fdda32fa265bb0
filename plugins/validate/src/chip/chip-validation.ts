import {
  arrayFor,
  checkResultFile,
  ChipError,
  ChipPredictor,
  ChipSimulator,
  ChipSynthesizer,
  Log,
  NetworkExecutor,
  writeResultFile,
  type CommandInvocation,
  type CommandResult,
  type MemoryModel,
  type NamedArray,
  type Network,
  type SimulateRequest,
  type SimulateResponse,
  type SimulationTool,
} from '@autodnnchip/core';
import { chipPlot } from '../plots/chip-plot.js';
import {
  areaNotCompared,
  compareCoarse,
  comparedOutputs,
  counterRows,
  counterTotals,
  resourceRows,
  type CoarseComparison,
  type ComparedOutput,
  type CounterRow,
  type CounterTotal,
} from './chip-comparison.js';
import { chipText } from './chip-text.js';
import { chipUnderTest, type ChipChoice, type ChipUnderTest } from './chip-under-test.js';
import { randomInputs } from './random-inputs.js';
import type { ChipValidation, ValidationSummary } from './validation-result.js';

export interface ChipValidationOptions extends ChipChoice {
  /** Arrays of one run, by the names of the network's inputs; random ones where none are given. */
  readonly inputs: readonly NamedArray[];
  readonly runs: number;
  /** Of random inputs. */
  readonly seed: number;
  readonly memory: Partial<MemoryModel>;
  readonly tool?: SimulationTool | undefined;
  readonly synthesize: boolean;
  readonly plot?: string | undefined;
}

/**
 * Builds or reads a chip, simulates it, and holds cycles, counters, bits and, if asked for, resources against their
 * predictions.
 */
export async function validateChip(
  invocation: CommandInvocation,
  options: ChipValidationOptions,
): Promise<CommandResult> {
  if (options.plot !== undefined) await checkResultFile(options.plot, 'plot');
  const chip = await chipUnderTest(invocation, options);
  try {
    const validation = await validate(invocation, chip, options);
    if (options.plot !== undefined) await writeResultFile(options.plot, await chipPlot(validation), 'plot');
    return { document: { ...validation }, text: chipText(validation), exitCode: validation.summary.equal ? 0 : 1 };
  } finally {
    await chip.dispose();
  }
}

async function validate(
  invocation: CommandInvocation,
  chip: ChipUnderTest,
  options: ChipValidationOptions,
): Promise<ChipValidation> {
  const log = invocation.get(Log);
  const { bundle, platform, network } = chip;
  const random = options.inputs.length === 0;
  const runs = random ? options.runs : 1;
  const missing: { what: string; reason: string }[] = [];
  if (network === undefined) missing.push({ what: 'output bits and coarse mode', reason: chip.networkProblem ?? '' });
  const reference = network === undefined ? undefined : referenceOf(invocation, network, missing);
  const responses: SimulateResponse[] = [];
  for (let run = 0; run < runs; run++) {
    const inputs = random ? randomInputs(requireNetwork(chip), options.seed + run) : options.inputs;
    log.info(`Run ${run + 1} of ${runs}`);
    responses.push(
      await invocation.get(ChipSimulator).simulate(await simulateRequest(invocation, chip, options, inputs, reference)),
    );
  }
  const [first] = responses;
  const rows = responses.flatMap(({ cycles }, run) => counterRows(run + 1, cycles.layers));
  const totals = responses.flatMap(({ cycles }, run) =>
    counterTotals(
      run + 1,
      cycles,
      rows.filter(row => row.run === run + 1),
    ),
  );
  const outputs = responses.flatMap((response, run) => comparedOutputs(run + 1, response.outputs));
  const memory: MemoryModel = { ...memoryModel(platform.memory), ...options.memory };
  const coarse = network === undefined ? undefined : await coarseComparison(invocation, chip, network, memory, first);
  const synthesis = options.synthesize ? await synthesisOf(invocation, chip, missing) : undefined;
  return {
    ...(chip.temporary ? {} : { directory: bundle.directory }),
    network: bundle.manifest.network.name,
    platform: platform.id,
    template: bundle.manifest.template,
    configuration: bundle.manifest.configuration,
    memory,
    tool: first.tool,
    version: first.version,
    runs,
    ...(random ? { seed: options.seed } : {}),
    rows,
    totals,
    outputs,
    ...(coarse === undefined ? {} : { coarse }),
    ...(synthesis === undefined ? {} : { synthesis }),
    hostOperators: first.hostOperators,
    notCompared: missing,
    summary: summarise(rows, totals, outputs),
    wallSeconds: responses.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0),
  };
}

/** Runs the whole network on this computer, where the executor can. */
function referenceOf(
  invocation: CommandInvocation,
  network: Network,
  missing: { what: string; reason: string }[],
): NetworkExecutor | undefined {
  const executor = invocation.get(NetworkExecutor);
  const unsupported = executor.unsupported(network);
  if (unsupported.length === 0) return executor;
  missing.push({
    what: 'output bits',
    reason: `the reference executor cannot run ${unsupported.map(({ name, reason }) => `${name} (${reason})`).join(', ')}`,
  });
  return undefined;
}

function requireNetwork({ network, networkProblem, bundle }: ChipUnderTest): Network {
  if (network !== undefined) return network;
  throw new ChipError(
    'ADC6001',
    `Random inputs need the network that ${bundle.directory} was built from: ${networkProblem}`,
    { hint: 'Give the model with --model MODEL, or inputs with --input.' },
  );
}

async function simulateRequest(
  invocation: CommandInvocation,
  { bundle, network }: ChipUnderTest,
  { memory, tool }: ChipValidationOptions,
  inputs: readonly NamedArray[],
  reference: NetworkExecutor | undefined,
): Promise<SimulateRequest> {
  const expected =
    reference === undefined || network === undefined
      ? undefined
      : await reference.run(network, namedInputs(network, inputs));
  return {
    bundle,
    inputs,
    signal: invocation.signal,
    ...(expected === undefined ? {} : { expected }),
    ...(tool === undefined ? {} : { tool }),
    ...(Object.keys(memory).length === 0 ? {} : { memory }),
  };
}

/** A lone array goes with a lone input, whatever its name: as the simulator has it. */
function namedInputs({ inputs: names }: Network, arrays: readonly NamedArray[]): readonly NamedArray[] {
  return names.map(name => {
    const found = arrayFor(name, names, arrays);
    if (found !== undefined) return { ...found, name };
    throw new ChipError('ADC1105', `No array is given for the network's input ${name}.`, {
      location: { node: name },
      hint: `Give an array named ${name} (there ${arrays.length === 1 ? 'is' : 'are'} ${arrays.map(array => array.name).join(', ')}).`,
    });
  });
}

function memoryModel({
  readLatencyCycles,
  writeLatencyCycles,
  beatIntervalCycles,
  burstGapCycles,
  sharedBytesPerKilocycle,
}: MemoryModel): MemoryModel {
  return { readLatencyCycles, writeLatencyCycles, beatIntervalCycles, burstGapCycles, sharedBytesPerKilocycle };
}

async function coarseComparison(
  invocation: CommandInvocation,
  { bundle, platform }: ChipUnderTest,
  network: Network,
  memory: MemoryModel,
  first: SimulateResponse,
): Promise<CoarseComparison> {
  const { prediction } = await invocation.get(ChipPredictor).predictNetwork({
    network,
    platform: { ...platform, memory: { ...platform.memory, ...memory } },
    mode: 'coarse',
    settings: bundle.manifest.configuration,
    template: bundle.manifest.template,
    hostFallback: first.hostOperators.length > 0,
  });
  return compareCoarse(prediction, first.cycles);
}

async function synthesisOf(
  invocation: CommandInvocation,
  { bundle, platform }: ChipUnderTest,
  missing: { what: string; reason: string }[],
): Promise<NonNullable<ChipValidation['synthesis']>> {
  invocation.get(Log).info('Synthesising');
  const response = await invocation.get(ChipSynthesizer).synthesize({ bundle, signal: invocation.signal });
  const area = areaNotCompared(response, platform);
  if (area !== undefined) missing.push(area);
  return { target: response.target, tool: response.tool, version: response.version, rows: resourceRows(response) };
}

function summarise(
  rows: readonly CounterRow[],
  totals: readonly CounterTotal[],
  outputs: readonly ComparedOutput[],
): ValidationSummary {
  const compared = outputs.filter(({ mismatches }) => mismatches !== undefined);
  const mismatches = compared.reduce((sum, output) => sum + (output.mismatches ?? 0), 0);
  const first = rows.filter(({ run }) => run === 1);
  const latency = totals.find(({ counter }) => counter === 'cycles');
  return {
    equal: mismatches === 0 && [...rows, ...totals].every(({ difference }) => difference === 0),
    layers: first.filter(({ counter }) => counter === 'cycles').length,
    counters: rows.length,
    differingCounters: rows.filter(({ difference }) => difference !== 0).length,
    maximumAbsoluteDifference: rows.reduce((most, { difference }) => Math.max(most, Math.abs(difference)), 0),
    predictedCycles: latency?.predicted ?? 0,
    simulatedCycles: latency?.simulated ?? 0,
    outputValues: outputs.reduce((sum, { elements }) => sum + elements, 0),
    mismatches: compared.length === 0 ? null : mismatches,
  };
}
