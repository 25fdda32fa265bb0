import type { MemoryModel, Network, NumericArray, SimulationTool } from '@autodnnchip/core';
import {
  buildWeightImage,
  lowerNetwork,
  readOutput,
  scheduleNetwork,
  writeInput,
  type AccelSharedConfiguration,
  type LoweredNetwork,
  type Schedule,
} from '@autodnnchip/plugin-accel-shared';
import type { RtlSimulationResult } from '@autodnnchip/sim';
import { chipOf } from '../../plugins/accel-shared/src/chip/chip.js';
import { encodeProgram } from '../../plugins/accel-shared/src/emit/program-image.js';
import { encodeRecord, recordNames } from '../../plugins/accel-shared/src/timing/layer-record.js';
import { runTiming } from '../../plugins/accel-shared/src/timing/run-timing.js';
import { chipSimulator } from './chip-simulators.js';

export interface LayerRun {
  readonly name: string;
  /** Numbers as `recordNames` names them, since the start of the run. */
  readonly predicted: readonly number[];
  readonly simulated: readonly number[];
}

export interface ChipRun {
  readonly tool: SimulationTool;
  /** Output values compared, and those that differ from the expected ones. */
  readonly values: number;
  readonly mismatches: number;
  readonly totalCycles: { readonly predicted: number; readonly simulated: number };
  readonly layers: readonly LayerRun[];
  readonly schedule: Schedule;
  readonly simulatedCyclesPerSecond: number;
  readonly compileSeconds: number;
}

export interface ChipRunRequest {
  readonly network: Network;
  readonly configuration: AccelSharedConfiguration;
  readonly memory: MemoryModel;
  /** By the names of the network's inputs and outputs. */
  readonly inputs: ReadonlyMap<string, NumericArray>;
  readonly expected: ReadonlyMap<string, NumericArray>;
  readonly tool?: SimulationTool | 'auto';
  readonly timeLimitSeconds?: number;
  /** Reuses a program that was made before, for the same network and configuration. */
  readonly mapped?: MappedChip;
}

/** A network's program and memory for a configuration; the same program runs on any memory. */
export interface MappedChip {
  readonly lowered: LoweredNetwork;
  readonly schedule: Schedule;
  readonly program: Uint8Array;
  readonly weights: Uint8Array;
}

export function mapChip(network: Network, configuration: AccelSharedConfiguration, memory: MemoryModel): MappedChip {
  const lowered = lowerNetwork(network, configuration);
  const schedule = scheduleNetwork(lowered, configuration, memory);
  return {
    lowered,
    schedule,
    program: encodeProgram(schedule.instructions, configuration),
    weights: buildWeightImage(lowered, schedule),
  };
}

/** External memory before the run. Regions that nothing should read before it is written hold a pattern. */
export function chipMemory(
  { lowered, schedule, program, weights }: MappedChip,
  inputs: ReadonlyMap<string, NumericArray>,
): Uint8Array {
  const { memory } = schedule;
  const image = new Uint8Array(memory.totalBytes).fill(0x5a);
  image.set(program, memory.program.address);
  image.set(weights, memory.weights.address);
  for (const [index, input] of lowered.inputs.entries()) {
    const values = inputs.get(input.name);
    if (values === undefined) throw new Error(`No values are given for the input ${input.name}`);
    image.set(writeInput(input, values), memory.inputs[index].address);
  }
  return image;
}

/** The fine prediction: value of the CYCLES register at the end, and the record of each layer. */
export function predictRecords(
  { schedule }: MappedChip,
  memory: MemoryModel,
): { totalCycles: number; records: number[][] } {
  const timing = runTiming(
    schedule.instructions,
    schedule.memory.program.address,
    schedule.layers.length,
    schedule.configuration,
    memory,
  );
  return { totalCycles: timing.totalCycles, records: timing.layers.map(encodeRecord) };
}

/** Maps a network, predicts it, simulates it, and holds bits, cycles and counters against each other. */
export async function runChip(request: ChipRunRequest): Promise<ChipRun> {
  const { configuration, memory } = request;
  const mapped = request.mapped ?? mapChip(request.network, configuration, memory);
  const { lowered, schedule } = mapped;
  const { totalCycles, records } = predictRecords(mapped, memory);
  const simulator = await chipSimulator(configuration, request.tool ?? 'auto');
  const memoryImage = chipMemory(mapped, request.inputs);
  const result = await simulator.run({
    memoryImage,
    memoryBytes: memoryImage.length,
    programAddress: schedule.memory.program.address,
    memoryModel: memory,
    maximumCycles: 2 * totalCycles + 10_000,
    layerCount: schedule.layers.length,
    readBack: schedule.memory.outputs.map(({ address, bytes }) => ({ address, length: bytes })),
    timeLimitSeconds: request.timeLimitSeconds ?? 300,
  });
  return {
    tool: result.tool,
    schedule,
    ...compareOutputs(lowered, result, request.expected),
    totalCycles: { predicted: totalCycles, simulated: result.cycles },
    layers: schedule.layers.map(({ name }, index) => ({
      name,
      predicted: records[index],
      simulated: [...result.layerRecords[index].slice(0, records[index].length)],
    })),
    simulatedCyclesPerSecond: result.simulatedCyclesPerSecond,
    compileSeconds: result.compileSeconds,
  };
}

export function compareOutputs(
  lowered: LoweredNetwork,
  result: RtlSimulationResult,
  expected: ReadonlyMap<string, NumericArray>,
): { values: number; mismatches: number } {
  let values = 0;
  let mismatches = 0;
  for (const [index, output] of lowered.outputs.entries()) {
    const wanted = expected.get(output.name);
    if (wanted === undefined) throw new Error(`No values are expected of the output ${output.name}`);
    const { data } = readOutput(output, result.readBack[index]);
    values += wanted.data.length;
    mismatches += Math.abs(wanted.data.length - data.length);
    for (let element = 0; element < data.length; element++) if (data[element] !== wanted.data[element]) mismatches++;
  }
  return { values, mismatches };
}

/** What is wrong with a run, in a few lines; empty where bits, cycles and counters are all as predicted. */
export function describeDifferences(run: ChipRun): string {
  const lines: string[] = [];
  if (run.mismatches > 0) lines.push(`${run.mismatches} of ${run.values} output values differ`);
  const { predicted, simulated } = run.totalCycles;
  if (predicted !== simulated) lines.push(`${predicted} cycles predicted, ${simulated} simulated`);
  for (const [index, layer] of run.layers.entries()) {
    const wrong = recordNames(chipOf(run.schedule.configuration)).flatMap((name, word) =>
      layer.predicted[word] === layer.simulated[word]
        ? []
        : [`${name} ${layer.predicted[word]} predicted, ${layer.simulated[word]} simulated`],
    );
    if (wrong.length > 0) lines.push(`layer ${index} ${layer.name}: ${wrong.join('; ')}`);
    if (lines.length >= 6) return [...lines, '...'].join('\n');
  }
  return lines.join('\n');
}
