import {
  assignments,
  BundleStore,
  checkClock,
  ChipBuilder,
  ChipError,
  clockWarning,
  Definitions,
  engineOptionFields,
  engineOptions,
  loadNamedArrays,
  Log,
  NetworkLoader,
  objectives,
  parseOptions,
  predictedAreaHolds,
  withEngineSettings,
  type CommandDefinition,
} from '@autodnnchip/core';
import { z } from 'zod';
import { costedPrediction } from '../documents/costed-prediction.js';
import type { DocumentOf } from '../documents/documents.js';
import { counterWarning, formatPrediction } from '../prediction-text.js';
import { formatCount, formatFacts } from '../table.js';

const optionsSchema = z.object({
  platform: z.string(),
  out: z.string().min(1),
  objective: z.enum(objectives).default('latency'),
  template: z.string().optional(),
  set: assignments('set'),
  ...engineOptionFields,
  calibration: z.string().optional(),
  hostFallback: z.boolean().default(false),
  force: z.boolean().default(false),
});

export const buildCommand: CommandDefinition = {
  id: 'build',
  summary: 'Search for the best chip for a network on a platform and write it as a bundle.',
  arguments: [{ name: 'MODEL', description: 'model file', required: true }],
  options: [
    { name: 'platform', value: 'id', description: 'platform that the chip is for' },
    { name: 'out', value: 'folder', description: 'folder to write the bundle to' },
    { name: 'objective', value: objectives.join('|'), description: 'what to make small (default: latency)' },
    { name: 'template', value: 'id', description: 'family of accelerators (default: the one with the best chip)' },
    { name: 'set', value: 'name=value', repeated: true, description: 'fix a parameter of the template' },
    ...engineOptions,
    { name: 'calibration', value: 'file.npz[:key]', description: 'inputs from which a float network is quantised' },
    { name: 'host-fallback', description: 'leave operators that the chip cannot run to the host' },
    { name: 'force', description: 'replace a folder that is not a bundle' },
  ],
  examples: [
    'autodnnchip build skynet.onnx --platform ultra96 --out chip/',
    'autodnnchip build float.onnx --platform ecp5-85f --out chip/ --calibration samples.npz:input --objective edp',
  ],
  async run(invocation) {
    const options = withEngineSettings(
      parseOptions('build', optionsSchema, invocation.options),
      invocation.get(Definitions),
    );
    const path = invocation.arguments['model'] ?? '';
    const log = invocation.get(Log);
    const bundles = invocation.get(BundleStore);
    const builder = invocation.get(ChipBuilder);
    const platform = invocation.get(Definitions).platforms.get(options.platform);
    if (platform.accelerator !== undefined) {
      throw new ChipError('ADC3401', `${platform.title} is a chip that exists: nothing can be built for it`, {
        hint: `Predict the network on it: autodnnchip predict MODEL --platform ${platform.id}. To build a chip give a board, device or process, such as ultra96.`,
      });
    }
    await bundles.check(options.out, options.force);
    const calibration = options.calibration === undefined ? undefined : loadNamedArrays(options.calibration);

    log.info(`Reading ${path}`);
    const network = await invocation.get(NetworkLoader).load({
      path,
      purpose: 'build',
      hostFallback: options.hostFallback,
      ...(calibration === undefined ? {} : { calibration }),
    });
    log.info(`Searching for a chip for ${network.name} on ${platform.id}`);
    const { design, prediction, search, files } = await builder.build({
      network,
      platform,
      objective: options.objective,
      settings: options.set,
      hostFallback: options.hostFallback,
      signal: invocation.signal,
      ...(options.template === undefined ? {} : { template: options.template }),
    });
    if (invocation.signal.aborted) throw new ChipError('ADC6002', 'The build was interrupted; nothing was written');
    log.info(`Writing ${files.length} files to ${options.out}`);
    const bundle = await bundles.write({ directory: options.out, files, force: options.force });
    const clock = checkClock(prediction);
    for (const warning of [clockWarning(clock), counterWarning(prediction)])
      if (warning !== undefined) log.warn(warning);
    const areaHolds = predictedAreaHolds(prediction.resources, platform);

    const document: DocumentOf<'build'> = {
      directory: bundle.directory,
      network: network.name,
      template: design.template,
      configuration: design.configuration,
      objective: options.objective,
      search,
      notes: network.notes ?? [],
      hostOperators: design.host?.operators ?? [],
      files: files.map(file => file.path).sort(),
      clock,
      ...(areaHolds === undefined ? {} : { areaHolds }),
      ...costedPrediction(prediction),
    };
    const facts = formatFacts([
      ['network', network.name],
      ['platform', platform.title],
      [
        'chip',
        `${design.template}: ${Object.entries(design.configuration)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')}`,
      ],
      [
        'search',
        [
          `${formatCount(search.candidates)} candidates, ${formatCount(search.refined)} refined, for ${options.objective}`,
          ...search.leftOut.map(({ name, candidates }) => `${formatCount(candidates)} left out by ${name}`),
        ].join('; '),
      ],
      ['bundle', bundle.directory],
    ]);
    return { document, text: `${facts}\n${formatPrediction(prediction, design.host?.operators, areaHolds, clock)}` };
  },
};
