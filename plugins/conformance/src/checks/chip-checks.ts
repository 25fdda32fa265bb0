import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BundleStore,
  ChipBuilder,
  ChipError,
  ChipSimulator,
  ChipSynthesizer,
  Definitions,
  makeWorkingFolder,
  NetworkExecutor,
  type AutoDNNchip,
  type Bundle,
  type Configuration,
  type NamedArray,
  type SimulateResponse,
  type SimulatedLayer,
} from '@autodnnchip/core';
import type { EngineDefinition, EngineValues } from '@autodnnchip/core/engine';

import { describeError, type Findings } from '../findings.js';
import type { Draw } from '../random/draw.js';
import { drawMemory } from '../random/random-memory.js';
import { randomNetwork } from '../random/random-network.js';

/** Networks that are looked at, at most, for one that the engine has layers of. */
const mostTries = 40;

export interface ChipCheckOptions {
  /** Chips that are built and simulated. */
  readonly chips: number;
  /** Memories, each with random latencies and rates, that every chip runs on. */
  readonly memories: number;
  readonly synthesize: boolean;
  readonly signal: AbortSignal;
}

/** Random networks on chips with the engine: bits, cycles, counters, and multiplier blocks. */
export async function checkChips(
  framework: AutoDNNchip,
  engine: EngineDefinition,
  sizes: readonly EngineValues[],
  draw: Draw,
  options: ChipCheckOptions,
  findings: Findings,
): Promise<void> {
  const folder = await makeWorkingFolder('conformance');
  try {
    let chips = 0;
    for (let attempt = 0; attempt < mostTries && chips < options.chips; attempt++) {
      const built = await buildChip(
        framework,
        engine,
        draw.pick(sizes),
        draw,
        join(folder, `chip${attempt}`),
        findings,
      );
      if (built === undefined) continue;
      chips++;
      for (let memory = 0; memory < options.memories; memory++)
        await simulate(framework, built, draw, findings, options);
      if (options.synthesize) await synthesize(framework, built.bundle, findings);
    }
    for (const check of ['chip.bits', 'chip.cycles'] as const)
      if (chips === 0) findings.skip(check, `of ${mostTries} random networks none has a layer for the engine`);
    if (!options.synthesize || chips === 0) findings.skip('resources.synthesis', 'nothing was synthesised');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface BuiltChip {
  readonly bundle: Bundle;
  readonly inputs: readonly NamedArray[];
  readonly expected: readonly NamedArray[];
}

/** A chip for a random network; undefined where the engine gets no layer of it, or the size does not fit it. */
async function buildChip(
  framework: AutoDNNchip,
  engine: EngineDefinition,
  values: EngineValues,
  draw: Draw,
  directory: string,
  findings: Findings,
): Promise<BuiltChip | undefined> {
  const { network, inputs } = randomNetwork(draw);
  const platform = framework.get(Definitions).platforms.get('ultra96');
  const own = engine.parameters.map(({ name }) => [`${engine.id}.${name}`, values[name]] as const);
  const settings: Configuration = {
    [engine.id]: 1,
    channelBlock: values['channelBlock'],
    ...Object.fromEntries(own),
  };
  try {
    const { design, prediction, files } = await framework
      .get(ChipBuilder)
      .build({ network, platform, objective: 'latency', settings, hostFallback: true });
    const { unit } = engine.create(values);
    if (!prediction.layers.some(layer => layer.engine === unit)) return undefined;
    const named = [...inputs].map(([name, array]): NamedArray => ({ name, ...array }));
    return {
      bundle: await framework.get(BundleStore).write({ directory, files, force: false }),
      inputs: named,
      expected: await framework.get(NetworkExecutor).run(design.host === undefined ? network : network, named),
    };
  } catch (error) {
    // A size may be too small for a layer, or too large for the platform; anything else is the engine's doing.
    if (error instanceof ChipError && ['ADC3001', 'ADC3002', 'ADC3003', 'ADC3201'].includes(error.code))
      return undefined;
    findings.fail('chip.bits', `building a chip with ${JSON.stringify(settings)} fails: ${describeError(error)}`);
    return undefined;
  }
}

async function simulate(
  framework: AutoDNNchip,
  { bundle, inputs, expected }: BuiltChip,
  draw: Draw,
  findings: Findings,
  { signal }: ChipCheckOptions,
): Promise<void> {
  const memory = drawMemory(draw);
  const where = `${JSON.stringify(bundle.manifest.configuration)} on a memory of ${JSON.stringify(memory)}`;
  try {
    const response = await framework.get(ChipSimulator).simulate({ bundle, inputs, expected, memory, signal });
    for (const { name, mismatches } of response.outputs)
      findings.expect(
        'chip.bits',
        mismatches === 0 ? undefined : `${mismatches ?? 'all'} values of ${name} differ, with ${where}`,
      );
    const difference = differenceOf(response);
    findings.expect('chip.cycles', difference === undefined ? undefined : `${difference}, with ${where}`);
  } catch (error) {
    if (signal.aborted) throw error;
    findings.fail('chip.bits', `the simulation ends with ${describeError(error)}, with ${where}`);
  }
}

/** The first figure of a run that is not as predicted. */
function differenceOf({ cycles }: SimulateResponse): string | undefined {
  for (const layer of cycles.layers) {
    const counter = counterDifference(layer);
    if (counter !== undefined) return counter;
    if (layer.predicted !== layer.simulated)
      return `the layer ${layer.name} takes ${layer.simulated} cycles instead of ${layer.predicted}`;
  }
  return cycles.total === cycles.predictedTotal
    ? undefined
    : `the network takes ${cycles.total} cycles instead of ${cycles.predictedTotal}`;
}

function counterDifference({ name, units }: SimulatedLayer): string | undefined {
  for (const [unit, { predicted, simulated }] of Object.entries(units ?? {})) {
    for (const counter of ['busyCycles', 'waitInputCycles', 'waitOutputCycles'] as const)
      if (predicted[counter] !== simulated[counter])
        return `${counter} of ${unit} in ${name} is ${simulated[counter]} instead of ${predicted[counter]}`;
  }
  return undefined;
}

async function synthesize(framework: AutoDNNchip, bundle: Bundle, findings: Findings): Promise<void> {
  try {
    const { resources, predicted } = await framework.get(ChipSynthesizer).synthesize({ bundle });
    findings.expect(
      'resources.synthesis',
      predicted === undefined || predicted.dsp === resources.dsp
        ? undefined
        : `synthesis finds ${resources.dsp} multiplier blocks where ${predicted.dsp} are predicted, with ${JSON.stringify(bundle.manifest.configuration)}`,
    );
  } catch (error) {
    findings.fail('resources.synthesis', `synthesis ends with ${describeError(error)}`);
  }
}
