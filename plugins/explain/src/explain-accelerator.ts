import {
  AcceleratorPredictor,
  activationZeros,
  explainEach,
  explaining,
  NetworkLoader,
  type CommandInvocation,
  type Explained,
  type GivenAccelerator,
  type Platform,
  type Prediction,
} from '@autodnnchip/core';

/** Prediction of a network on an accelerator that exists, with where its numbers come from. */
export async function explainAccelerator(
  invocation: CommandInvocation,
  model: string,
  platform: Platform,
  accelerator: GivenAccelerator,
  settings: Readonly<Record<string, number>>,
  zeroShare: number | undefined,
): Promise<{ readonly prediction: Prediction; readonly explained: Explained<Prediction> }> {
  const network = await invocation.get(NetworkLoader).read(model, 'predict');
  const { batch, ...changed } = settings;
  const prepared = invocation.get(AcceleratorPredictor).prepare(network, platform);
  const conditions = {
    ...(batch === undefined ? {} : { batch }),
    ...(zeroShare === undefined ? {} : activationZeros(network, platform, zeroShare)),
  };
  const { prediction, parameters } = prepared.predict(changed, conditions);
  const explained =
    prepared.explain?.(changed, conditions) ??
    byModel(prediction, platform, accelerator, parameters, changed, zeroShare);
  return { prediction, explained };
}

/** All that a model has to go by: published facts and free parameters. What it does with them is its chip graph. */
function byModel(
  prediction: Prediction,
  platform: Platform,
  accelerator: GivenAccelerator,
  parameters: Readonly<Record<string, number>>,
  changed: Readonly<Record<string, number>>,
  zeroShare: number | undefined,
): Explained<Prediction> {
  const facts = Object.entries(accelerator.facts).map(([name, { value, unit, source }]) =>
    explaining.constant(name, value, {
      unit,
      kind: /^(estimate|assumption|inferred)/.test(source) ? 'estimate' : 'published',
      source,
    }),
  );
  const free = Object.entries(parameters).map(([name, value]) => {
    const { unit, provenance, meaning, fitted } = accelerator.parameters[name];
    return explaining.constant(name, value, {
      unit,
      kind: name in changed ? 'given' : fitted ? 'fitted' : 'estimate',
      source: `${meaning}; ${name in changed ? '--set' : provenance}`,
    });
  });
  const zeros =
    zeroShare === undefined
      ? []
      : [
          explaining.constant('share of zeros in activations', zeroShare, {
            unit: '1',
            kind: 'given',
            source: '--activation-zeros',
          }),
        ];
  const formula = `model ${accelerator.model} of ${platform.id}, a chip graph of the network that the fine mode runs; predict --write-graph writes it, and explain --graph goes on from there`;
  return explainEach(prediction, (value, path) =>
    explaining.procedure(path, value, unitOf(path), formula, [...facts, ...free, ...zeros]),
  );
}

function unitOf(path: string): string {
  const units: readonly (readonly [RegExp, string])[] = [
    [/Cycles$/, 'cycle'],
    [/Picojoules$/, 'pJ'],
    [/Milliwatts$/, 'mW'],
    [/Megahertz$/, 'MHz'],
    [/Bytes$/, 'byte'],
    [/PerSecond$/, '1/s'],
    [/Seconds$/, 's'],
    [/SquareMillimetres$/, 'mm2'],
  ];
  return units.find(([pattern]) => pattern.test(path))?.[1] ?? '1';
}
