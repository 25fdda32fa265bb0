import {
  BundleStore, ChipError, ChipPredictor, Definitions, NetworkLoader,
  type CommandDefinition, type CommandInvocation, type PredictResponse,
} from '@autodnnchip/core';
import { z } from 'zod';
import type { DocumentOf } from '../documents/documents.js';
import { assignments, loadNamedArrays, parseOptions } from '../option-values.js';
import { formatPrediction } from '../prediction-text.js';

const optionsSchema = z.object({
  platform: z.string().optional(),
  mode: z.enum(['coarse', 'fine']).default('fine'),
  template: z.string().optional(),
  set: assignments('set'),
  calibration: z.string().optional(),
  hostFallback: z.boolean().default(false),
});

export const predictCommand: CommandDefinition = {
  id: 'predict',
  summary: 'Predict speed, energy and size of a network on a platform, or of a bundle that was built.',
  arguments: [{ name: 'MODEL', description: 'model file, or folder of a bundle', required: true }],
  options: [
    { name: 'platform', value: 'id', description: 'platform to predict for (a bundle has its own)' },
    { name: 'mode', value: 'coarse|fine', description: 'bound for ranking, or exact timing (default: fine)' },
    { name: 'template', value: 'id', description: 'family of accelerators (default: the first that fits)' },
    { name: 'set', value: 'name=value', repeated: true, description: 'fix a parameter of the template' },
    { name: 'calibration', value: 'file.npz[:key]', description: 'inputs from which a float network is quantised' },
    { name: 'host-fallback', description: 'leave operators that the chip cannot run to the host' },
  ],
  examples: ['autodnnchip predict skynet.onnx --platform ultra96', 'autodnnchip predict chip/ --mode coarse --json'],
  async run(invocation) {
    const options = parseOptions('predict', optionsSchema, invocation.options);
    const response = await predict(invocation, options);
    const { prediction, hostOperators, template, configuration, network } = response;
    const document: DocumentOf<'predict'> = { network, template, configuration, hostOperators, ...prediction };
    return { document, text: `${network} on ${prediction.platform}, ${template}\n\n${formatPrediction(prediction, hostOperators)}` };
  },
};

async function predict(invocation: CommandInvocation, options: z.infer<typeof optionsSchema>): Promise<PredictResponse> {
  const model = invocation.arguments['model'] ?? '';
  const { platforms } = invocation.get(Definitions);
  const predictor = invocation.get(ChipPredictor);
  const bundles = invocation.get(BundleStore);
  const platform = options.platform === undefined ? undefined : platforms.get(options.platform);
  if (await bundles.isBundle(model)) {
    if (Object.keys(options.set).length > 0 || options.template !== undefined || options.calibration !== undefined || options.hostFallback) {
      throw new ChipError('ADC6001', `${model} is a bundle: its design is fixed`, {
        hint: 'Leave out --set, --template, --calibration and --host-fallback, or predict the model file.',
      });
    }
    const bundle = await bundles.read(model);
    return await predictor.predictBundle({ bundle, mode: options.mode, ...(platform === undefined ? {} : { platform }) });
  }
  if (platform === undefined) {
    throw new ChipError('ADC6001', '--platform: is required for a model file', {
      hint: `Platforms: ${platforms.list().map(({ id }) => id).join(', ') || 'none is defined'}.`,
    });
  }
  const calibration = options.calibration === undefined ? undefined : loadNamedArrays(options.calibration);
  const network = await invocation.get(NetworkLoader).load({
    path: model, purpose: 'predict', ...(calibration === undefined ? {} : { calibration }),
  });
  return await predictor.predictNetwork({
    network, platform, mode: options.mode, settings: options.set, hostFallback: options.hostFallback,
    ...(options.template === undefined ? {} : { template: options.template }),
  });
}
