import {
  ChipBuilder,
  ChipError,
  ChipPredictor,
  Definitions,
  NetworkExecutor,
  NetworkLoader,
  startHostRun,
  type AutoDNNchip,
  type NamedArray,
  type Network,
  type NumericArray,
} from '@autodnnchip/core';
import { numbersOf, type AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';
import { placeOperators } from '../../plugins/builder/src/host-placement.js';
import { interpretProgram } from '../../plugins/accel-shared/src/program/interpret.js';
import { readOutput } from '../../plugins/accel-shared/src/schedule/host-io.js';
import { chipMemory, describeDifferences, mapChip, runChip, type MappedChip } from '../support/chip-run.js';
import { errorBounds } from './error-bound.js';
import type { BackendTest } from './backend-data.js';

/**
 * `accepted`: the whole network is on the chip. `listed`: with `--host-fallback`, and the operators on the host are
 * named. `refused`: an error with a code. `wrong`: a result that is not right, or missing, or a prediction without a
 * chip. `crashed`: no coded error, or ADC9001.
 */
export type Verdict = 'accepted' | 'listed' | 'refused' | 'wrong' | 'crashed';

export interface Outcome {
  readonly name: string;
  readonly verdict: Verdict;
  /** Code of the error. */
  readonly code?: string;
  /** Why it is refused, what is on the host, or what is wrong. */
  readonly detail: string;
  /** The RTL was simulated, and bits and cycles were equal. */
  readonly simulated: boolean;
  /**
   * The distance from the expected values was held against a bound; false where float operators on the host have none.
   */
  readonly isBounded?: boolean;
}

export interface RunSettings {
  readonly chip: AutoDNNchip;
  readonly configuration: AccelSharedConfiguration;
  /** Whether to simulate the RTL of this test's chip. */
  readonly rtl: boolean;
}

const memory = {
  readLatencyCycles: 40,
  writeLatencyCycles: 20,
  beatIntervalCycles: 1,
  burstGapCycles: 0,
  sharedBytesPerKilocycle: 0,
};

/** Reads, predicts, builds, runs and compares one test, and never throws. */
export async function runBackendTest(test: BackendTest, settings: RunSettings): Promise<Outcome> {
  try {
    return await attempt(test, settings);
  } catch (error) {
    const isRefusal = error instanceof ChipError && error.code !== 'ADC9001';
    return {
      name: test.name,
      verdict: isRefusal ? 'refused' : 'crashed',
      detail: error instanceof Error ? error.message : String(error),
      simulated: false,
      ...(error instanceof ChipError ? { code: error.code } : {}),
    };
  }
}

async function attempt(test: BackendTest, settings: RunSettings): Promise<Outcome> {
  const { chip } = settings;
  const loader = chip.get(NetworkLoader);
  const read = await loader.read(test.model, 'build');
  const given = read.inputs.map((name, index) => ({ name, array: test.inputs[index] }));
  const missing = given.find(({ array }) => array === undefined);
  const calibration = given.flatMap(({ name, array }): NamedArray[] =>
    array === undefined ? [] : [{ name, ...array }],
  );
  const load = async (hostFallback: boolean): Promise<Network> =>
    await loader.load({ path: test.model, purpose: 'build', calibration, hostFallback });
  let hostFallback = false;
  let network: Network;
  try {
    network = await load(hostFallback);
    await predictAndBuild(network, settings, hostFallback);
  } catch (error) {
    if (!(error instanceof ChipError) || error.code !== 'ADC3001' || !/--host-fallback/.test(error.hint ?? ''))
      throw error;
    hostFallback = true;
    network = await load(hostFallback);
    await predictAndBuild(network, settings, hostFallback);
  }
  const predictable = await loader.load({ path: test.model, purpose: 'predict', hostFallback });
  await chip.get(ChipPredictor).predictNetwork(predictRequest(predictable, settings, hostFallback));
  if (missing !== undefined)
    return {
      name: test.name,
      verdict: 'wrong',
      detail: `built, but the test has no array for '${missing.name}'`,
      simulated: false,
    };
  return await compare(test, settings, network, calibration, hostFallback);
}

function predictRequest(
  network: Network,
  { chip, configuration }: RunSettings,
  hostFallback: boolean,
): Parameters<ChipPredictor['predictNetwork']>[0] {
  return {
    network,
    platform: chip.get(Definitions).platforms.get('ultra96'),
    mode: 'fine',
    settings: numbersOf(configuration),
    hostFallback,
  };
}

async function predictAndBuild(network: Network, settings: RunSettings, hostFallback: boolean): Promise<void> {
  await settings.chip.get(ChipPredictor).predictNetwork(predictRequest(network, settings, hostFallback));
  const { platform, settings: parameters } = predictRequest(network, settings, hostFallback);
  await settings.chip
    .get(ChipBuilder)
    .build({ network, platform, objective: 'latency', settings: parameters, hostFallback });
}

async function compare(
  test: BackendTest,
  { chip, configuration, rtl }: RunSettings,
  network: Network,
  inputs: readonly NamedArray[],
  hostFallback: boolean,
): Promise<Outcome> {
  const executor = chip.get(NetworkExecutor);
  const template = chip.get(Definitions).templates.get('accel-shared');
  const { chip: onChip, host } = placeOperators(
    network,
    { ...predictRequest(network, { chip, configuration, rtl }, hostFallback), template },
    chip.hooks,
    executor,
    hostFallback,
  );
  const run = host === undefined ? undefined : await startHostRun(host, inputs, executor);
  const chipInputs = new Map((run?.chipInputs ?? inputs).map(array => [array.name, array]));
  const mapped = mapChip(onChip, configuration, memory);
  const chipOutputs = interpret(mapped, configuration, chipInputs);
  const results = run === undefined ? chipOutputs : await run.finish(chipOutputs);
  const reference = await executor.run(network, inputs);
  const problems: string[] = [];
  for (const [index, name] of network.outputs.entries()) {
    const got = results.find(array => array.name === name);
    const bits = reference.find(array => array.name === name);
    if (got === undefined || bits === undefined) problems.push(`output '${name}' is missing`);
    else {
      const different = differing(got, bits);
      if (different > 0) problems.push(`${different} values of '${name}' differ from the executor's`);
      problems.push(...fromExpected(test.outputs[index], got, name, network));
    }
  }
  const bounds = errorBounds(network);
  const isBounded = network.outputs.every(name => Number.isFinite(bounds.get(name) ?? 0));
  let simulated = false;
  if (rtl && problems.length === 0) {
    const expected = new Map(chipOutputs.map(array => [array.name, array]));
    const differences = describeDifferences(
      await runChip({
        network: onChip,
        configuration,
        memory,
        inputs: chipInputs,
        expected,
        tool: 'verilator',
        mapped,
      }),
    );
    if (differences !== '') problems.push(`simulation: ${differences}`);
    simulated = true;
  }
  const onHost = (host?.operators ?? [])
    .map(({ name, operator, reason }) => `${name} (${operator}): ${reason}`)
    .join('; ');
  return {
    name: test.name,
    verdict: problems.length > 0 ? 'wrong' : host === undefined ? 'accepted' : 'listed',
    detail: problems.join('; ') || onHost,
    simulated,
    isBounded,
  };
}

function interpret(
  mapped: MappedChip,
  configuration: AccelSharedConfiguration,
  inputs: ReadonlyMap<string, NumericArray>,
): NamedArray[] {
  const image = chipMemory(mapped, inputs);
  interpretProgram(mapped.schedule.instructions, configuration, image, { seed: 1 });
  return mapped.lowered.outputs.map((output, index) => {
    const { address, bytes } = mapped.schedule.memory.outputs[index];
    return { name: output.name, ...readOutput(output, image.subarray(address, address + bytes)) };
  });
}

function differing(left: NumericArray, right: NumericArray): number {
  let count = Math.abs(left.data.length - right.data.length);
  for (let index = 0; index < left.data.length; index++)
    if (!Object.is(Number(left.data[index]) + 0, Number(right.data[index]) + 0)) count++;
  return count;
}

/**
 * The test's own values: the same bits where they are integers, within what quantisation explains where they are real.
 */
function fromExpected(wanted: NumericArray | undefined, got: NumericArray, name: string, network: Network): string[] {
  if (wanted === undefined) return [`the test has no array for output '${name}'`];
  if (wanted.data.length !== got.data.length || wanted.shape.join() !== got.shape.join())
    return [`'${name}' is [${got.shape.join()}], expected [${wanted.shape.join()}]`];
  const isReal = wanted.elementType.startsWith('float');
  const bound = isReal ? (errorBounds(network).get(name) ?? 0) : 0;
  let worst = 0;
  let scale = 0;
  for (let index = 0; index < got.data.length; index++) {
    const expected = Number(wanted.data[index]);
    scale = Math.max(scale, Math.abs(expected));
    const distance = Math.abs(Number(got.data[index]) - expected);
    worst = Number.isNaN(distance) ? Infinity : Math.max(worst, distance);
  }
  // Float32 rounding of the test's own values comes on top.
  if (worst <= bound * 1.0001 + scale * 1e-5) return [];
  return [
    `'${name}' is ${worst.toPrecision(3)} from the expected values, ${bound.toPrecision(3)} is what quantisation explains`,
  ];
}
