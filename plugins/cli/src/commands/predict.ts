import { stat } from 'node:fs/promises';
import {
  AcceleratorPredictor,
  activationZeros,
  assignments,
  BundleStore,
  checkClock,
  ChipError,
  ChipPredictor,
  clockWarning,
  Definitions,
  engineOptionFields,
  engineOptions,
  formatChipGraph,
  loadNamedArrays,
  Log,
  NetworkLoader,
  objectives,
  parseOptions,
  predictedAreaHolds,
  readLayerMappings,
  requireZeroGating,
  shareOption,
  withEngineSettings,
  writeResultFile,
  type CommandDefinition,
  type CommandInvocation,
  type Network,
  type Platform,
  type PredictResponse,
} from '@autodnnchip/core';
import { z } from 'zod';
import { costedPrediction } from '../documents/costed-prediction.js';
import type { DocumentOf } from '../documents/documents.js';
import { counterWarning, formatBrokenLimits, formatPrediction } from '../prediction-text.js';
import { predictGraphFile } from './predict-graph.js';

const optionsSchema = z.object({
  platform: z.string().optional(),
  mode: z.enum(['coarse', 'fine']).default('fine'),
  template: z.string().optional(),
  objective: z.enum(objectives).optional(),
  set: assignments('set'),
  ...engineOptionFields,
  calibration: z.string().optional(),
  hostFallback: z.boolean().default(false),
  activationZeros: shareOption,
  mapping: z.string().optional(),
  graph: z.string().optional(),
  writeGraph: z.string().optional(),
  trace: z.string().optional(),
});

export const predictCommand: CommandDefinition = {
  id: 'predict',
  summary:
    'Predict speed, energy and size of a network on a platform, of a bundle that was built, or of a chip that is given as a graph.',
  arguments: [
    { name: 'MODEL', description: 'model file, or folder of a bundle; absent with --graph', required: false },
  ],
  options: [
    { name: 'platform', value: 'id', description: 'platform to predict for (a bundle has its own)' },
    { name: 'mode', value: 'coarse|fine', description: 'bound for ranking, or exact timing (default: fine)' },
    {
      name: 'objective',
      value: objectives.join('|'),
      description: 'what `build` makes small, for the chip that it makes (default: latency)',
    },
    { name: 'template', value: 'id', description: 'family of accelerators (default: the one with the best chip)' },
    { name: 'set', value: 'name=value', repeated: true, description: 'fix a parameter of the template' },
    ...engineOptions,
    { name: 'calibration', value: 'file.npz[:key]', description: 'inputs from which a float network is quantised' },
    { name: 'host-fallback', description: 'leave operators that the chip cannot run to the host' },
    {
      name: 'activation-zeros',
      value: 'share',
      description: 'share of zeros in activations, 0 to 1, on an accelerator that gates them',
    },
    {
      name: 'mapping',
      value: 'file.json',
      description: 'how layers lie on an accelerator that exists, sizes by layer; it chooses for the others',
    },
    { name: 'graph', value: 'file.chip.json', description: 'predict this chip graph instead of a network' },
    {
      name: 'write-graph',
      value: 'file.chip.json',
      description: 'also write the chip and what it runs as a chip graph',
    },
    {
      name: 'trace',
      value: 'file.json',
      description: 'with --graph: also write the timeline, in the Chrome trace format',
    },
  ],
  examples: [
    'autodnnchip predict skynet.onnx --platform ultra96',
    'autodnnchip predict chip/ --mode coarse --json',
    'autodnnchip predict vgg16.onnx --platform jetson-tx2 --write-graph vgg16.chip.json',
    'autodnnchip predict --graph conv.chip.json --trace timeline.json',
  ],
  async run(invocation) {
    const options = withEngineSettings(
      parseOptions('predict', optionsSchema, invocation.options),
      invocation.get(Definitions),
    );
    if (options.graph !== undefined) {
      refuseNetworkOptions(invocation, options);
      return await predictGraphFile(invocation, { file: options.graph, mode: options.mode, trace: options.trace });
    }
    if (options.writeGraph !== undefined && options.mode === 'coarse') {
      throw new ChipError('ADC6001', '--write-graph: the coarse mode makes no graph', {
        hint: 'Leave out --mode coarse; `predict --graph FILE --mode coarse` predicts the graph.',
      });
    }
    const { prediction, hostOperators, template, configuration, network, graph, notes, nodes, brokenLimits } =
      await predict(invocation, options);
    if (graph !== undefined && options.writeGraph !== undefined)
      await writeResultFile(options.writeGraph, formatChipGraph(graph), 'write-graph');
    const platform = invocation.get(Definitions).platforms.find(prediction.platform);
    const clock = platform?.accelerator === undefined ? checkClock(prediction) : undefined;
    for (const warning of clock === undefined ? [] : [clockWarning(clock), counterWarning(prediction)]) {
      if (warning !== undefined) invocation.get(Log).warn(warning);
    }
    const areaHolds = predictedAreaHolds(prediction.resources, platform);
    const document: DocumentOf<'predict'> = {
      network,
      template,
      configuration,
      notes: notes ?? [],
      hostOperators,
      ...(nodes === undefined ? {} : { nodes: [...nodes] }),
      ...(brokenLimits === undefined ? {} : { fits: brokenLimits.length === 0, brokenLimits: [...brokenLimits] }),
      ...(clock === undefined ? {} : { clock }),
      ...(areaHolds === undefined ? {} : { areaHolds }),
      ...costedPrediction(prediction),
    };
    return {
      document,
      text: `${network} on ${prediction.platform}, ${template}\n\n${formatBrokenLimits(brokenLimits ?? [], prediction.platform)}${formatPrediction(prediction, hostOperators, areaHolds, clock)}`,
    };
  },
};

/** With what the front end assumed of the network; a bundle has nothing to assume. */
type NotedResponse = PredictResponse & Pick<Network, 'notes'>;

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    facts => facts.isDirectory(),
    () => false,
  );
}

async function predict(invocation: CommandInvocation, options: z.infer<typeof optionsSchema>): Promise<NotedResponse> {
  const model = invocation.arguments['model'];
  if (model === undefined)
    throw new ChipError('ADC6001', 'MODEL is missing', {
      hint: 'Give a model file or the folder of a bundle, or a chip graph with --graph.',
    });
  if (options.trace !== undefined)
    throw new ChipError('ADC6001', '--trace: only graphs have a timeline', { hint: 'Give a chip graph with --graph.' });
  const { platforms } = invocation.get(Definitions);
  const predictor = invocation.get(ChipPredictor);
  const bundles = invocation.get(BundleStore);
  const platform = options.platform === undefined ? undefined : platforms.get(options.platform);
  const withGraph = options.writeGraph !== undefined;
  if (await isFolder(model)) {
    const bundle = await bundles.read(model);
    if (options.activationZeros !== undefined) requireZeroGating(platform ?? platforms.get(bundle.manifest.platform));
    if (
      Object.keys(options.set).length > 0 ||
      options.template !== undefined ||
      options.objective !== undefined ||
      options.calibration !== undefined ||
      options.mapping !== undefined ||
      options.hostFallback
    ) {
      throw new ChipError('ADC6001', `${model} is a bundle: its design is fixed`, {
        hint: 'Leave out --set, --engine, --without, --template, --objective, --calibration, --mapping and --host-fallback, or predict the model file.',
      });
    }
    return await predictor.predictBundle({
      bundle,
      mode: options.mode,
      withGraph,
      ...(platform === undefined ? {} : { platform }),
    });
  }
  if (platform === undefined) {
    throw new ChipError('ADC6001', '--platform: is required for a model file', {
      hint: `Platforms: ${
        platforms
          .list()
          .map(({ id }) => id)
          .join(', ') || 'none is defined'
      }.`,
    });
  }
  if (platform.accelerator !== undefined) return await predictGiven(invocation, model, platform, options);
  if (options.mapping !== undefined) {
    throw new ChipError(
      'ADC6001',
      `--mapping: ${platform.id} is a platform to build chips for; the template maps layers`,
      { hint: 'Leave it out; it is for accelerators that exist, such as eyeriss.' },
    );
  }
  if (options.activationZeros !== undefined) requireZeroGating(platform);
  const calibration = options.calibration === undefined ? undefined : loadNamedArrays(options.calibration);
  const network = await invocation.get(NetworkLoader).load({
    path: model,
    purpose: 'predict',
    hostFallback: options.hostFallback,
    ...(calibration === undefined ? {} : { calibration }),
  });
  const response = await predictor.predictNetwork({
    network,
    platform,
    mode: options.mode,
    settings: options.set,
    hostFallback: options.hostFallback,
    withGraph,
    signal: invocation.signal,
    ...(options.template === undefined ? {} : { template: options.template }),
    ...(options.objective === undefined ? {} : { objective: options.objective }),
  });
  return { ...response, ...notesOf(network) };
}

function notesOf({ notes }: Network): Pick<Network, 'notes'> {
  return notes === undefined ? {} : { notes };
}

/** A graph is a whole design: what chooses or changes one does not go with it. */
function refuseNetworkOptions(invocation: CommandInvocation, options: z.infer<typeof optionsSchema>): void {
  const given = [
    ...(invocation.arguments['model'] === undefined ? [] : ['MODEL']),
    ...(['platform', 'template', 'objective', 'calibration', 'mapping'] as const)
      .filter(name => options[name] !== undefined)
      .map(name => `--${name}`),
    ...(options.writeGraph === undefined ? [] : ['--write-graph']),
    ...(options.activationZeros === undefined ? [] : ['--activation-zeros']),
    ...(Object.keys(options.set).length > 0 ? ['--set, --engine or --without'] : []),
    ...(options.hostFallback ? ['--host-fallback'] : []),
  ];
  if (given.length > 0)
    throw new ChipError('ADC6001', `${given.join(', ')} cannot be combined with --graph`, {
      hint: 'The graph is the design and says what it runs on.',
    });
}

/**
 * A chip that exists runs the network in its own precision: nothing is quantised or mapped here. `--set` changes free
 * parameters, or `batch`.
 */
async function predictGiven(
  invocation: CommandInvocation,
  model: string,
  platform: Platform,
  { set, mode, writeGraph, activationZeros: share, mapping, ...rest }: z.infer<typeof optionsSchema>,
): Promise<NotedResponse> {
  const useless = [
    ...(['template', 'objective', 'calibration'] as const).filter(name => rest[name] !== undefined),
    ...(rest.hostFallback ? ['host-fallback'] : []),
  ];
  if (useless.length > 0)
    throw new ChipError(
      'ADC6001',
      `${useless.map(name => `--${name}`).join(', ')}: ${platform.id} exists, nothing is built for it`,
      { hint: 'Leave them out.' },
    );
  if (mode === 'coarse') {
    throw new ChipError('ADC6001', `--mode coarse: ${platform.id} is predicted by its graph in fine mode only`, {
      hint: 'For the bounds of the coarse mode, write its graph with --write-graph and give that to `predict --graph`.',
    });
  }
  const network = await invocation.get(NetworkLoader).read(model, 'predict');
  const { batch, ...parameters } = set;
  const prepared = invocation.get(AcceleratorPredictor).prepare(network, platform);
  const conditions = {
    ...(batch === undefined ? {} : { batch }),
    ...(share === undefined ? {} : activationZeros(network, platform, share)),
    ...(mapping === undefined ? {} : { mappings: readLayerMappings(mapping) }),
  };
  const { prediction, parameters: configuration, nodes } = prepared.predict(parameters, conditions);
  return {
    prediction,
    hostOperators: [],
    template: platform.accelerator?.model ?? '',
    configuration,
    network: network.name,
    nodes,
    ...notesOf(network),
    ...(writeGraph === undefined ? {} : { graph: prepared.graph(parameters, conditions) }),
  };
}
