import { stat } from 'node:fs/promises';
import {
  assignments,
  BundleStore,
  ChipError,
  ChipPredictor,
  Definitions,
  engineOptionFields,
  engineOptions,
  explainedFiguresOf,
  GraphPredictor,
  loadNamedArrays,
  missingFigures,
  NetworkLoader,
  objectives,
  parseOptions,
  printableName,
  readChipGraph,
  requireZeroGating,
  shareOption,
  whyMissing,
  withEngineSettings,
  type CommandDefinition,
  type CommandInvocation,
  type Explained,
  type ExplainResponse,
  type GraphPrediction,
  type MissingFigures,
  type NotCosted,
  type Platform,
  type Prediction,
} from '@autodnnchip/core';
import { z } from 'zod';
import { explainAccelerator } from './explain-accelerator.js';
import { explanationText } from './explanation-text.js';
import { findFigure } from './find-figure.js';

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
  graph: z.string().optional(),
  depth: z
    .string()
    .regex(/^[1-9]\d?$/, 'is a whole number from 1 to 99')
    .transform(Number)
    .default(4),
});
type Options = z.infer<typeof optionsSchema>;

/** A prediction and what explains it. */
interface Target {
  readonly title: string;
  readonly platform?: string;
  readonly mode: Prediction['mode'];
  readonly explained: Explained<Prediction> | Explained<GraphPrediction>;
  readonly notCosted: readonly NotCosted[];
  /** Figures that are 0 in the prediction because nothing stands behind them. */
  readonly missing?: MissingFigures;
}

export const explainCommand: CommandDefinition = {
  id: 'explain',
  summary:
    'Say where a figure of a prediction comes from: formula, inputs and sources, down to what was published or measured.',
  arguments: [
    {
      name: 'FIGURE',
      description: 'as predict --json has it: energyPicojoules, layers[NAME].latencyCycles, resources.bram',
      required: true,
    },
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
      name: 'graph',
      value: 'file.chip.json',
      description: 'explain the prediction of this chip graph instead of a network',
    },
    {
      name: 'depth',
      value: 'number',
      description: 'formulas within formulas that are shown (default: 4; --json has all)',
    },
  ],
  examples: [
    'autodnnchip explain energyPicojoules chip/',
    "autodnnchip explain 'layers[conv1].energyPicojoules' model.onnx --platform ultra96 --depth 8",
    "autodnnchip explain 'nodes[pe].busyCycles' --graph conv.chip.json --json",
  ],
  async run(invocation) {
    const options = withEngineSettings(
      parseOptions('explain', optionsSchema, invocation.options),
      invocation.get(Definitions),
    );
    const {
      title,
      platform,
      mode,
      explained,
      notCosted,
      missing: missingOfTarget = {},
    } = await predictTarget(invocation, options);
    const { path, value } = findFigure(explainedFiguresOf(explained), invocation.arguments['figure'] ?? '');
    const why = whyMissing(missingOfTarget, path);
    if (why !== undefined)
      throw new ChipError('ADC3501', `The prediction of ${title} has no ${path}: ${why}`, {
        hint: 'notCosted of `predict --json` lists what no figure covers, and why.',
      });
    const document = {
      target: title,
      ...(platform === undefined ? {} : { platform }),
      mode,
      figure: path,
      value: value.value,
      unit: value.unit,
      explanation: { ...value, figure: path },
      notCosted,
    };
    const missing =
      notCosted.length === 0
        ? ''
        : `\n\nNot in this figure, because nothing covers it:\n${notCosted.map(({ name, operator, reason }) => `  ${printableName(`${name} (${operator}): ${reason}`)}`).join('\n')}`;
    return { document, text: explanationText({ ...value, figure: path }, options.depth) + missing };
  },
};

async function predictTarget(invocation: CommandInvocation, options: Options): Promise<Target> {
  const model = invocation.arguments['model'];
  if (options.graph !== undefined) {
    const given = [
      ...(model === undefined ? [] : ['MODEL']),
      ...(['platform', 'template', 'objective', 'calibration'] as const)
        .filter(name => options[name] !== undefined)
        .map(name => `--${name}`),
      ...(Object.keys(options.set).length > 0 ? ['--set, --engine or --without'] : []),
      ...(options.hostFallback ? ['--host-fallback'] : []),
      ...(options.activationZeros === undefined ? [] : ['--activation-zeros']),
    ];
    if (given.length > 0)
      throw new ChipError('ADC6001', `${given.join(', ')} cannot be combined with --graph`, {
        hint: 'The graph is the design and says what it runs on.',
      });
    const { prediction, explained } = invocation
      .get(GraphPredictor)
      .explainGraph({ graph: readChipGraph(options.graph), mode: options.mode });
    return { title: prediction.graph, mode: prediction.mode, explained, notCosted: [] };
  }
  if (model === undefined)
    throw new ChipError('ADC6001', 'MODEL is missing', {
      hint: 'Give a model file or the folder of a bundle, or a chip graph with --graph.',
    });
  const { platforms } = invocation.get(Definitions);
  const platform = options.platform === undefined ? undefined : platforms.get(options.platform);
  if (platform?.accelerator !== undefined) {
    if (options.mode === 'coarse')
      throw new ChipError('ADC6001', `--mode coarse: ${platform.id} is predicted exactly, in milliseconds`, {
        hint: 'Leave out --mode.',
      });
    const { prediction, explained } = await explainAccelerator(
      invocation,
      model,
      platform,
      platform.accelerator,
      options.set,
      options.activationZeros,
    );
    return {
      title: model,
      platform: platform.id,
      mode: prediction.mode,
      explained,
      notCosted: prediction.notCosted,
      missing: missingFigures(prediction),
    };
  }
  const response = await explainChip(invocation, model, options);
  const { prediction, explained, network, template } = response;
  if (explained === undefined)
    throw new ChipError('ADC3502', `The template ${template} does not tell where its predictions come from`);
  const found = options.platform === undefined ? platforms.find(prediction.platform) : platform;
  return {
    title: network,
    platform: prediction.platform,
    mode: prediction.mode,
    explained,
    notCosted: [...prediction.notCosted, ...(found === undefined ? [] : notCounted(found))],
  };
}

/** What the platform's technology gives no figure for, so that energy leaves it out. */
function notCounted({ id, technology }: Platform): readonly NotCosted[] {
  if (technology.figures['externalMemoryBackground'] !== undefined) return [];
  return [
    {
      name: 'external memory',
      operator: 'standby and refresh',
      reason: `the technology of ${id} gives no externalMemoryBackground`,
    },
  ];
}

async function explainChip(invocation: CommandInvocation, model: string, options: Options): Promise<ExplainResponse> {
  const { platforms } = invocation.get(Definitions);
  const predictor = invocation.get(ChipPredictor);
  const platform = options.platform === undefined ? undefined : platforms.get(options.platform);
  if (
    await stat(model).then(
      facts => facts.isDirectory(),
      () => false,
    )
  ) {
    const bundle = await invocation.get(BundleStore).read(model);
    if (options.activationZeros !== undefined) requireZeroGating(platform ?? platforms.get(bundle.manifest.platform));
    if (
      Object.keys(options.set).length > 0 ||
      options.template !== undefined ||
      options.objective !== undefined ||
      options.calibration !== undefined ||
      options.hostFallback
    ) {
      throw new ChipError('ADC6001', `${model} is a bundle: its design is fixed`, {
        hint: 'Leave out --set, --engine, --without, --template, --objective, --calibration and --host-fallback, or explain the model file.',
      });
    }
    return await predictor.explainBundle({
      bundle,
      mode: options.mode,
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
  if (options.activationZeros !== undefined) requireZeroGating(platform);
  const calibration = options.calibration === undefined ? undefined : loadNamedArrays(options.calibration);
  const network = await invocation.get(NetworkLoader).load({
    path: model,
    purpose: 'predict',
    hostFallback: options.hostFallback,
    ...(calibration === undefined ? {} : { calibration }),
  });
  return await predictor.explainNetwork({
    network,
    platform,
    mode: options.mode,
    settings: options.set,
    hostFallback: options.hostFallback,
    signal: invocation.signal,
    ...(options.template === undefined ? {} : { template: options.template }),
    ...(options.objective === undefined ? {} : { objective: options.objective }),
  });
}
