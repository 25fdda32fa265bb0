import { hostBundleFiles, type BundleFile, type Prediction } from '@autodnnchip/core';

import { chipOf } from '../chip/chip.js';
import { registerMap } from '../chip/register-map.js';
import { numbersOf } from '../configuration.js';
import { buildWeightImage } from '../schedule/index.js';
import type { AccelSharedDesign } from '../template.js';
import { bundleReadme } from './bundle-readme.js';
import { layoutToManifest, manifestSchemaVersion, movesToManifest, type Manifest } from './manifest.js';
import { encodeProgram } from './program-image.js';
import { rtlFiles } from './rtl-files.js';

/**
 * A bundle that stands on its own: RTL, program, weights, what the host runs, manifest, README. Simulators add their
 * test bench.
 */
export function emitBundle(design: AccelSharedDesign, fine: Prediction): BundleFile[] {
  const { lowered, schedule, network, platform } = design;
  const { configuration, memory } = schedule;
  const rtl = rtlFiles(configuration, schedule.layers.length);
  const host = design.host === undefined ? undefined : hostBundleFiles(design.host);
  const program = encodeProgram(schedule.instructions, configuration);
  const weights = buildWeightImage(lowered, schedule);
  const at = ({ address, bytes }: { address: number; bytes: number }): { address: number; bytes: number } => ({
    address,
    bytes,
  });
  const manifest: Manifest = {
    schemaVersion: manifestSchemaVersion,
    kind: 'autodnnchip-bundle',
    template: 'accel-shared',
    platform: platform.id,
    engines: configuration.engines.map(({ id }) => id),
    configuration: { ...numbersOf(configuration) },
    network: { name: network.name, source: network.source },
    top: 'accel_top',
    rtlFiles: rtl.map(file => file.path),
    memory: {
      totalBytes: memory.totalBytes,
      program: { ...at(memory.program), file: 'program.bin' },
      weights: { ...at(memory.weights), file: 'weights.bin' },
    },
    inputs: lowered.inputs.map((input, index) => ({
      name: input.name,
      shape: [...input.shape],
      elementType: input.elementType,
      ...(input.quantize === undefined ? {} : { quantize: { ...input.quantize } }),
      ...movesToManifest(input.moves),
      region: at(memory.inputs[index]),
      layout: layoutToManifest(input.layout),
    })),
    outputs: lowered.outputs.map((output, index) => ({
      name: output.name,
      shape: [...output.shape],
      elementType: output.elementType,
      ...(output.dequantize === undefined ? {} : { dequantize: { ...output.dequantize } }),
      ...movesToManifest(output.moves),
      region: at(memory.outputs[index]),
      layout: layoutToManifest(output.layout),
    })),
    layers: schedule.layers.map(({ name, operator, engine, multiplyAccumulates }) => ({
      name,
      operator,
      engine,
      multiplyAccumulates,
    })),
    registers: { ...registerMap(chipOf(configuration)) },
    ...(host === undefined ? {} : { host: host.manifest }),
  };
  return [
    ...rtl,
    ...(host?.files ?? []),
    { path: 'program.bin', content: program },
    { path: 'weights.bin', content: weights },
    { path: 'manifest.json', content: `${JSON.stringify(manifest, null, 1)}\n` },
    { path: 'README.md', content: bundleReadme(manifest, configuration, fine) },
  ];
}
