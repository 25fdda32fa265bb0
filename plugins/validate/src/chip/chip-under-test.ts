import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BundleStore,
  ChipBuilder,
  ChipError,
  Definitions,
  Log,
  makeWorkingFolder,
  NetworkLoader,
  type Bundle,
  type CommandInvocation,
  type NamedArray,
  type Network,
  type Objective,
  type Platform,
} from '@autodnnchip/core';

/** What the user asks to be validated. */
export interface ChipChoice {
  /** Model file, or folder of a bundle. */
  readonly subject: string;
  readonly model?: string | undefined;
  readonly platform?: string | undefined;
  readonly template?: string | undefined;
  readonly set: Readonly<Record<string, number>>;
  readonly objective: Objective;
  readonly calibration?: readonly NamedArray[] | undefined;
  readonly hostFallback: boolean;
  readonly out?: string | undefined;
}

/** A bundle, and the network that it was made of. */
export interface ChipUnderTest {
  readonly bundle: Bundle;
  readonly platform: Platform;
  /** Absent where a bundle's model cannot be had: then there is no reference to compare bits with. */
  readonly network?: Network;
  /** Why there is no network. */
  readonly networkProblem?: string;
  /** True when the bundle was built for this and is thrown away. */
  readonly temporary: boolean;
  dispose(): Promise<void>;
}

/** Reads the bundle, or builds one from the model. */
export async function chipUnderTest(invocation: CommandInvocation, choice: ChipChoice): Promise<ChipUnderTest> {
  const isFolder = await stat(choice.subject).then(
    facts => facts.isDirectory(),
    () => false,
  );
  return isFolder ? await readBundle(invocation, choice) : await buildBundle(invocation, choice);
}

async function readBundle(invocation: CommandInvocation, choice: ChipChoice): Promise<ChipUnderTest> {
  const given = [
    ...(['template', 'out'] as const).filter(name => choice[name] !== undefined).map(name => `--${name}`),
    ...(Object.keys(choice.set).length > 0 ? ['--set'] : []),
    ...(choice.hostFallback ? ['--host-fallback'] : []),
  ];
  if (given.length > 0)
    throw new ChipError('ADC6001', `${choice.subject} is a bundle: its design is fixed`, {
      hint: `Leave out ${given.join(', ')}, or validate the model file.`,
    });
  const bundle = await invocation.get(BundleStore).read(choice.subject);
  if (choice.platform !== undefined && choice.platform !== bundle.manifest.platform) {
    throw new ChipError(
      'ADC6001',
      `${choice.subject} was built for ${bundle.manifest.platform}, not for ${choice.platform}`,
      { hint: 'Leave out --platform, or validate the model file.' },
    );
  }
  const platform = invocation.get(Definitions).platforms.get(bundle.manifest.platform);
  return {
    bundle,
    platform,
    ...(await networkOfBundle(invocation, bundle, choice)),
    temporary: false,
    dispose: () => Promise.resolve(),
  };
}

/** The model that `--model` names, or the one that the bundle was built from if it is still there. */
async function networkOfBundle(
  invocation: CommandInvocation,
  bundle: Bundle,
  { model, calibration }: ChipChoice,
): Promise<Pick<ChipUnderTest, 'network' | 'networkProblem'>> {
  const { name, source } = bundle.manifest.network;
  const load = async (path: string): Promise<Network> =>
    await invocation.get(NetworkLoader).load({
      path,
      purpose: 'build',
      hostFallback: bundle.manifest['host'] !== undefined,
      ...(calibration === undefined ? {} : { calibration }),
    });
  if (model !== undefined) {
    const network = await load(model);
    if (network.name === name) return { network };
    throw new ChipError(
      'ADC6001',
      `--model: ${model} is the network ${network.name}; the bundle was built from ${name}`,
      { location: { file: model }, hint: 'Give the model that the bundle was built from.' },
    );
  }
  try {
    const network = await load(source);
    return network.name === name
      ? { network }
      : { networkProblem: `${source}, which the bundle was built from, is another network now` };
  } catch (error) {
    if (!(error instanceof ChipError)) throw error;
    return {
      networkProblem: `the model that the bundle was built from cannot be read (${error.message}): give it with --model`,
    };
  }
}

async function buildBundle(invocation: CommandInvocation, choice: ChipChoice): Promise<ChipUnderTest> {
  if (choice.model !== undefined)
    throw new ChipError('ADC6001', '--model: goes with a bundle', {
      hint: `${choice.subject} is taken as the model already.`,
    });
  const { platforms } = invocation.get(Definitions);
  if (choice.platform === undefined) {
    throw new ChipError('ADC6001', '--platform: is required for a model file', {
      hint: `Platforms: ${
        platforms
          .list()
          .filter(({ accelerator }) => accelerator === undefined)
          .map(({ id }) => id)
          .join(', ') || 'none is defined'
      }.`,
    });
  }
  const platform = platforms.get(choice.platform);
  if (platform.accelerator !== undefined) {
    throw new ChipError('ADC3401', `${platform.title} is a chip that exists: there is no RTL to simulate`, {
      hint: 'Hold its model against measurements: autodnnchip validate --data FILE.csv.',
    });
  }
  const bundles = invocation.get(BundleStore);
  if (choice.out !== undefined) await bundles.check(choice.out, false);
  const log = invocation.get(Log);
  log.info(`Reading ${choice.subject}`);
  const { calibration, template } = choice;
  const network = await invocation.get(NetworkLoader).load({
    path: choice.subject,
    purpose: 'build',
    hostFallback: choice.hostFallback,
    ...(calibration === undefined ? {} : { calibration }),
  });
  log.info(`Searching for a chip for ${network.name} on ${platform.id}`);
  const { files } = await invocation.get(ChipBuilder).build({
    network,
    platform,
    objective: choice.objective,
    settings: choice.set,
    hostFallback: choice.hostFallback,
    signal: invocation.signal,
    ...(template === undefined ? {} : { template }),
  });
  const folder = choice.out === undefined ? await makeWorkingFolder('validate') : undefined;
  const dispose = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const bundle = await bundles.write({ directory: choice.out ?? join(folder ?? '', 'chip'), files, force: false });
    return { bundle, platform, network, temporary: folder !== undefined, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
