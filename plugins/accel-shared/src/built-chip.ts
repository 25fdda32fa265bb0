import {
  arrayFor,
  ChipError,
  openHostParts,
  type BuiltChip,
  type BundleReader,
  type NamedArray,
  type Platform,
  type Prediction,
  type RunCycles,
} from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';

import { chipOf, type Chip } from './chip/chip.js';
import { registerMap } from './chip/register-map.js';
import type { AccelSharedConfiguration } from './configuration.js';
import { layoutFromManifest, parseManifest, type Manifest } from './emit/manifest.js';
import { chipGraphOfProgram } from './graph/chip-graph-of-program.js';
import { checkConfiguration } from './parameters.js';
import {
  explainProgram,
  predictProgram,
  type ChipResources,
  type PredictedProgram,
} from './prediction/fine-prediction.js';
import { programFault, reachedBytes } from './program/check-program.js';
import { decodeProgram } from './program/instruction-decoder.js';
import { readOutput, writeInput } from './schedule/index.js';
import { alignUp, memoryAlignment } from './schedule/memory-plan.js';
import { decodeRecord, unitDifference } from './timing/layer-record.js';
import { runTiming, type LayerTiming } from './timing/run-timing.js';

/**
 * Cycles per layer from what stood in the counters at each layer's end; cycles that follow the last end belong to the
 * last layer.
 */
function layerCycles(
  { units }: Chip,
  layers: Manifest['layers'],
  totalCycles: number,
  ends: readonly LayerTiming[],
): RunCycles {
  return {
    totalCycles,
    layers: layers.map(({ name }, index) => {
      const before = index === 0 ? undefined : ends[index - 1];
      return {
        name,
        cycles: (index === layers.length - 1 ? totalCycles : ends[index].endCycle) - (before?.endCycle ?? 0),
        units: Object.fromEntries(
          units.map(({ name: unit }, number) => [
            unit,
            unitDifference(ends[index].units[number], before?.units[number]),
          ]),
        ),
      };
    }),
  };
}

async function readWhole(bundle: BundleReader, part: Manifest['memory']['program']): Promise<Uint8Array> {
  const bytes = await bundle.readFile(part.file);
  if (bytes.length === part.bytes) return bytes;
  throw new ChipError('ADC6005', `The bundle's file ${part.file} has ${bytes.length} bytes instead of ${part.bytes}.`, {
    location: { file: part.file },
    hint: 'Build the chip again.',
  });
}

/** The configuration that a bundle was built in; what is wrong with it is the bundle's fault, not the user's. */
function configurationOf(manifest: Manifest, engines: readonly EngineDefinition[]): AccelSharedConfiguration {
  const found = manifest.engines.map(id => engines.find(engine => engine.id === id) ?? id);
  const missing = found.find(engine => typeof engine === 'string');
  if (missing !== undefined) {
    throw new ChipError('ADC2008', `The bundle's chip has the engine ${missing}, which no plugin defines.`, {
      location: { file: 'manifest.json' },
      hint: 'Give the plugin that defines it (--plugin).',
    });
  }
  try {
    return checkConfiguration(manifest.configuration, found as readonly EngineDefinition[]);
  } catch (error) {
    if (!(error instanceof ChipError)) throw error;
    throw new ChipError('ADC6005', `The bundle's manifest is damaged: ${error.message}`, {
      location: { file: 'manifest.json' },
      cause: error,
      hint: 'Build the chip again with this version.',
    });
  }
}

/** Files that are as they were written, and do not fit together: somebody made them so. */
function misfit(what: string): ChipError {
  return new ChipError('ADC6005', `The bundle's files do not fit together: ${what}.`, {
    location: { file: 'manifest.json' },
    hint: 'Build the chip again with this version.',
  });
}

/**
 * What program, constants, inputs and outputs reach, up to where a region more would begin: memory images are made of
 * this size.
 */
function mostMemoryBytes(
  { memory, inputs, outputs }: Manifest,
  { configuration, instructions }: PredictedProgram,
): number {
  const regions = [memory.program, memory.weights, ...[...inputs, ...outputs].map(({ region }) => region)];
  const reached = regions.reduce(
    (most, { address, bytes }) => Math.max(most, address + bytes),
    reachedBytes(instructions, configuration),
  );
  return alignUp(reached, memoryAlignment(configuration));
}

/** The array for an input: by name, or the only one for the only input. */
function inputNamed(inputs: readonly NamedArray[], name: string, names: readonly string[]): NamedArray {
  const found = arrayFor(name, names, inputs);
  if (found !== undefined) return found;
  throw new ChipError('ADC1105', `No array is given for the network's input ${name}.`, {
    location: { node: name },
    hint: `Give an array named ${name} (there ${inputs.length === 1 ? 'is' : 'are'} ${inputs.map(array => array.name).join(', ') || 'none'}).`,
  });
}

/** Reads a bundle back: what simulators and predictors need of it. */
export async function openBundle(
  bundle: BundleReader,
  engines: readonly EngineDefinition[],
  resourcesOf: (configuration: AccelSharedConfiguration, platform: Platform, layerCount: number) => ChipResources,
): Promise<BuiltChip> {
  const manifest = parseManifest(bundle.manifest);
  const configuration = configurationOf(manifest, engines);
  const [programBytes, weightBytes] = await Promise.all([
    readWhole(bundle, manifest.memory.program),
    readWhole(bundle, manifest.memory.weights),
  ]);
  const chip = chipOf(configuration);
  const program: PredictedProgram = {
    configuration,
    layers: manifest.layers,
    instructions: decodeProgram(programBytes, configuration),
    programAddress: manifest.memory.program.address,
  };
  const fault = programFault(program.instructions, {
    configuration,
    programAddress: program.programAddress,
    layerCount: program.layers.length,
    memoryBytes: manifest.memory.totalBytes,
  });
  if (fault !== undefined) throw misfit(`${manifest.memory.program.file} is no program for this chip: ${fault}`);
  const most = mostMemoryBytes(manifest, program);
  if (manifest.memory.totalBytes > most)
    throw misfit(
      `the manifest asks for ${manifest.memory.totalBytes} bytes of memory; its program and its tensors reach ${most}`,
    );
  const stranger = manifest.layers.find(({ engine }) => chip.engines.every(({ unit }) => unit !== engine));
  if (stranger !== undefined)
    throw misfit(`layer ${stranger.name} runs on the ${stranger.engine} engine, which this chip does not have`);
  const outputs = manifest.outputs.map(output => ({ ...output, layout: layoutFromManifest(output.layout) }));
  const inputs = manifest.inputs.map(input => ({ ...input, layout: layoutFromManifest(input.layout) }));
  const inputNames = inputs.map(({ name }) => name);
  const host =
    manifest.host === undefined
      ? undefined
      : await openHostParts(bundle, manifest.host, { inputs: inputNames, outputs: outputs.map(({ name }) => name) });
  return {
    rtlFiles: manifest.rtlFiles,
    busBytes: configuration.busBytes,
    memoryBytes: manifest.memory.totalBytes,
    programAddress: manifest.memory.program.address,
    layerNames: manifest.layers.map(({ name }) => name),
    registers: registerMap(chip),
    inputNames,
    ...(host === undefined ? {} : { host }),
    readBack: outputs.map(({ region }) => ({ address: region.address, length: region.bytes })),
    memoryImage(arrays) {
      const image = new Uint8Array(manifest.memory.totalBytes);
      image.set(programBytes, manifest.memory.program.address);
      image.set(weightBytes, manifest.memory.weights.address);
      for (const input of inputs)
        image.set(writeInput(input, inputNamed(arrays, input.name, inputNames)), input.region.address);
      return image;
    },
    outputs: regions => outputs.map((output, index) => ({ ...readOutput(output, regions[index]), name: output.name })),
    cycles(memory) {
      const timing = runTiming(
        program.instructions,
        program.programAddress,
        program.layers.length,
        configuration,
        memory,
      );
      return layerCycles(chip, manifest.layers, timing.totalCycles, timing.layers);
    },
    graph: platform =>
      chipGraphOfProgram(
        program,
        platform,
        platform.memory,
        resourcesOf(configuration, platform, program.layers.length),
      ),
    recordedCycles: (totalCycles, records) =>
      layerCycles(
        chip,
        manifest.layers,
        totalCycles,
        records.map(record => decodeRecord(chip, record)),
      ),
    predict(platform, mode) {
      requireFineMode(mode);
      return predictProgram(
        program,
        platform,
        platform.memory,
        resourcesOf(configuration, platform, program.layers.length),
        [],
      );
    },
    explain(platform, mode) {
      requireFineMode(mode);
      return explainProgram(
        program,
        platform,
        platform.memory,
        resourcesOf(configuration, platform, program.layers.length),
        [],
      );
    },
  };
}

function requireFineMode(mode: Prediction['mode']): void {
  if (mode === 'fine') return;
  throw new ChipError('ADC6001', 'A bundle is predicted in fine mode only: it holds the program, not the network.', {
    hint: 'Give --mode fine, or the model file for the coarse mode.',
  });
}
