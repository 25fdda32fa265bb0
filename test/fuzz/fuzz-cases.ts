import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BundleStore,
  bundleReader,
  ChipBuilder,
  ChipError,
  createAutoDNNchip,
  createRandom,
  Definitions,
  loadNamedArrays,
  NetworkLoader,
  readBundleRtl,
  toChipError,
  writeNpy,
  writeNpz,
  type AutoDNNchip,
  type Log,
  type NamedArray,
  type NumericArray,
  type Random,
} from '@autodnnchip/core';
import { knownOperators } from '@autodnnchip/plugin-frontend-onnx';
import { defaultPlugins } from '../../plugins/cli/src/default-plugins.js';
import { cliPlugin } from '../../plugins/cli/src/cli-plugin.js';
import { modelWithHeadAndTail } from '../host-fallback/onnx-model.js';
import { acceptChanges } from '../support/bundle-checksums.js';
import { edgeNumbers, mutateBytes, oddNames } from './mutate-bytes.js';
import { mutateJson } from './mutate-json.js';
import { mutateModel } from './mutate-model.js';
import { mutateTable } from './mutate-table.js';

export const fuzzKinds = ['model', 'array', 'graph', 'bundle', 'table'] as const;
export type FuzzKind = (typeof fuzzKinds)[number];

/** Runs one case: what it ended with, `accepted` or the code of the refusal. Anything else is thrown, and is a bug. */
export type FuzzRun = (seed: number) => Promise<string>;

const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const root = fileURLToPath(new URL('../', import.meta.url));
const buildable = ['ultra96', 'ecp5-85f', 'asic-65nm'] as const;
const given = ['eyeriss', 'shidiannao', 'dpu-b4096-kv260', 'edge-tpu-usb', 'jetson-nano'] as const;

/** Everything that cases start from, in `folder`, which they also write to. */
export async function prepareFuzz(folder: string, kind: FuzzKind): Promise<FuzzRun> {
  mkdirSync(folder, { recursive: true });
  const chip = createAutoDNNchip({ plugins: [cliPlugin(silent, process.cwd()), defaultPlugins(silent)] });
  const makers: Readonly<Record<FuzzKind, () => FuzzRun | Promise<FuzzRun>>> = {
    model: () => modelCases(chip, folder),
    array: () => arrayCases(chip, folder),
    graph: () => graphCases(chip, folder),
    bundle: () => bundleCases(chip, folder),
    table: () => tableCases(chip, folder),
  };
  const run = await makers[kind]();
  return async seed => {
    try {
      return await run(seed);
    } catch (error) {
      const known = toChipError(error);
      if (known.exitCode === 70 || !(error instanceof ChipError)) throw error;
      return known.code;
    }
  };
}

/** Runs a command of the command line; a number in its result that is none is a bug. */
async function command(
  chip: AutoDNNchip,
  id: string,
  given: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { document } = await chip
    .get(Definitions)
    .commands.get(id)
    .run({ arguments: given, options, signal: new AbortController().signal, get: chip.get });
  const odd = notFinite(document, id);
  if (odd !== undefined) throw new Error(`the result has a number that is none: ${odd}`);
  return 'accepted';
}

function notFinite(value: unknown, place: string): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${place} = ${value}`;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = notFinite(inner, `${place}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function modelCases(chip: AutoDNNchip, folder: string): FuzzRun {
  const names = [
    'models/onnx-graph/lenet-full-ts13.onnx',
    'models/onnx-graph/mlperf_resnet8-full-ts13.onnx',
    'models/onnx-graph/mlperf_dscnn-full-dynamo18.onnx',
    'models/onnx-graph/alexnet-full-ts13.onnx',
    'models/onnx-graph/mlperf_ad-full-ts13.onnx',
    'models/onnx-graph/skynet-full-ts13.onnx',
    'models/onnx/lenet-small-dynamo20.onnx',
    'models/onnx-quant/mlperf_dscnn-qop_s8s8_pc.onnx',
    'models/onnx-quant/mlperf_dscnn-qdq_u8s8_pt.onnx',
    'models/onnx-quant/mlperf_dscnn-dyn.onnx',
    'measured/networks/quti/cnv_25.onnx',
    'measured/networks/edgetpu/out_pad_64x64.onnx',
  ];
  const models = [modelWithHeadAndTail(), modelWithHeadAndTail(), ...names.map(name => readFileSync(join(root, name)))];
  const operators = knownOperators().map(name => name.split(':').at(-1) ?? name);
  const path = join(folder, 'case.onnx');
  return async seed => {
    const random = createRandom(seed);
    const base = random.pick(models);
    writeFileSync(
      path,
      random.integer(5) < 4
        ? mutateModel(base, [...operators, 'If', 'Loop', 'Nothing'], random)
        : mutateBytes(base, random),
    );
    const way = random.integer(10);
    if (way < 2) {
      await chip.get(NetworkLoader).load({ path, purpose: 'build' });
      return 'accepted';
    }
    if (way < 6) return await command(chip, 'predict', { model: path }, { platform: random.pick(given), set: [] });
    return await command(
      chip,
      'predict',
      { model: path },
      {
        platform: random.pick(buildable),
        set: [],
        mode: random.pick(['fine', 'coarse']),
        ...(random.integer(2) === 0 ? { hostFallback: true } : {}),
      },
    );
  };
}

function arrayCases(chip: AutoDNNchip, folder: string): FuzzRun {
  const arrays: NumericArray[] = [
    { shape: [2, 3], elementType: 'float32', data: new Float32Array([1, -2, 3, 0.5, NaN, 6]) },
    { shape: [4], elementType: 'uint8', data: new Uint8Array([1, 2, 3, 255]) },
    { shape: [], elementType: 'float64', data: new Float64Array([7]) },
    { shape: [1, 0, 3], elementType: 'int64', data: new BigInt64Array(0) },
    { shape: [2, 2], elementType: 'bool', data: new Uint8Array([1, 0, 0, 1]) },
    { shape: [1, 1, 28, 28], elementType: 'float32', data: new Float32Array(784).fill(0.25) },
  ];
  const npy = arrays.map(writeNpy);
  const npz = [
    writeNpz(new Map(arrays.map((array, index) => [`a${index}`, array]))),
    writeNpz(new Map([['input', arrays[5]]])),
    readFileSync(join(root, 'models/onnx/lenet-io.npz')),
  ];
  const headers = ['|O8', '<f2', '>f4', '<c8', '|V16', '<U4', '<M8[ns]', '<i16', '|u1', '<f16', '>i8', '|b1'];
  const model = join(root, 'models/onnx-graph/lenet-full-ts13.onnx');
  return async seed => {
    const random = createRandom(seed);
    const isArchive = random.integer(2) === 0;
    const path = join(folder, isArchive ? 'case.npz' : 'case.npy');
    let bytes = mutateBytes(random.pick(isArchive ? npz : npy), random);
    if (!isArchive && random.integer(2) === 0)
      bytes = Buffer.from(changeHeader(Buffer.from(random.pick(npy)).toString('latin1'), headers, random), 'latin1');
    writeFileSync(path, bytes);
    const reference =
      isArchive && random.integer(4) === 0
        ? `${path}:${random.pick(['a0', 'input', ...oddNames.filter(name => name !== '')])}`
        : path;
    if (random.integer(20) === 0)
      return await command(chip, 'predict', { model }, { platform: 'ultra96', set: [], calibration: reference });
    for (const { shape, data } of loadNamedArrays(reference)) {
      if (shape.reduce((product, extent) => product * extent, 1) !== data.length)
        throw new Error('shape and values are not of one size');
    }
    return 'accepted';
  };
}

function changeHeader(text: string, types: readonly string[], random: Random): string {
  return text
    .replace(/'descr': '[^']*'/, () =>
      random.integer(2) === 0 ? `'descr': '${random.pick(types)}'` : "'descr': [('a', '<f4')]",
    )
    .replace(/\(([^)]*)\)/, whole =>
      random.integer(2) === 0 ? `(${random.pick(edgeNumbers)}, ${random.pick(edgeNumbers)})` : whole,
    )
    .replace('False', () => random.pick(['False', 'True', 'None']));
}

function graphCases(chip: AutoDNNchip, folder: string): FuzzRun {
  const examples = fileURLToPath(new URL('../../examples/graphs/', import.meta.url));
  const graphs = readdirSync(examples)
    .filter(name => name.endsWith('.json'))
    .map(name => readFileSync(join(examples, name), 'utf8'));
  const path = join(folder, 'case.chip.json');
  return async seed => {
    const random = createRandom(seed);
    writeFileSync(path, mutateJson(random.pick(graphs), random));
    const way = random.integer(20);
    if (way === 0)
      return await command(
        chip,
        'draw',
        { graph: path },
        { out: join(folder, 'case.svg'), ...(random.integer(2) === 0 ? { fold: true } : {}) },
      );
    if (way === 1) return await command(chip, 'explain', { figure: 'energyPicojoules' }, { graph: path, set: [] });
    const trace = way === 2 ? { trace: join(folder, 'trace.json') } : {};
    return await command(
      chip,
      'predict',
      {},
      { graph: path, set: [], mode: way < 12 ? 'fine' : 'coarse', ...(way === 2 ? trace : {}) },
    );
  };
}

async function bundleCases(chip: AutoDNNchip, folder: string): Promise<FuzzRun> {
  const model = join(folder, 'base.onnx');
  writeFileSync(model, modelWithHeadAndTail());
  const directory = join(folder, 'chip');
  const platform = chip.definitions.platforms.get('ultra96');
  const { files } = await chip.get(ChipBuilder).build({
    network: await chip.get(NetworkLoader).load({ path: model, purpose: 'build' }),
    platform,
    objective: 'latency',
    settings: {},
    hostFallback: true,
    signal: new AbortController().signal,
  });
  await chip.get(BundleStore).write({ directory, files, force: true });
  const before = new Map(files.map(({ path, content }) => [path, Buffer.from(content)]));
  const sums = readFileSync(join(directory, 'checksums.txt'));
  const often = [
    'manifest.json',
    'manifest.json',
    'manifest.json',
    'program.bin',
    'program.bin',
    'weights.bin',
    'checksums.txt',
    'host/leading.json',
    'host/trailing.json',
    'host/trailing.npz',
    'rtl/accel_top.sv',
  ];
  return async seed => {
    const random = createRandom(seed);
    const changed = new Set(
      [random.pick(often), ...(random.integer(4) === 0 ? [random.pick(often)] : [])].filter(
        path => path === 'checksums.txt' || before.has(path),
      ),
    );
    try {
      for (const path of changed) {
        const content = before.get(path) ?? sums;
        writeFileSync(
          join(directory, path),
          path.endsWith('.json') ? mutateJson(content.toString(), random) : mutateBytes(content, random),
        );
      }
      if (!changed.has('checksums.txt') && random.integer(8) > 0) acceptChanges(directory, [...changed]);
      if (random.integer(3) > 0) return await command(chip, 'predict', { model: directory }, { set: [] });
      return await openAndRun(chip, directory, random);
    } finally {
      for (const path of changed) writeFileSync(join(directory, path), before.get(path) ?? sums);
      writeFileSync(join(directory, 'checksums.txt'), sums);
    }
  };
}

/** What `simulate` does with a bundle before and after the simulator itself. */
async function openAndRun(chip: AutoDNNchip, directory: string, random: Random): Promise<string> {
  const bundle = await chip.get(BundleStore).read(directory);
  const { definitions } = chip;
  const open = await definitions.templates.get(bundle.manifest.template).open(bundleReader(bundle));
  await readBundleRtl(bundle, open.rtlFiles);
  const { totalCycles } = open.cycles({
    ...definitions.platforms.get('ultra96').memory,
    readLatencyCycles: 1 + random.integer(100),
  });
  if (!Number.isFinite(totalCycles)) throw new Error(`${totalCycles} cycles`);
  const picture: NamedArray = { name: 'x', shape: [1, 3, 5, 6], elementType: 'int8', data: new Int8Array(90) };
  open.memoryImage([picture]);
  open.outputs(open.readBack.map(({ length }) => new Uint8Array(length)));
  return 'accepted';
}

function tableCases(chip: AutoDNNchip, folder: string): FuzzRun {
  const networks = join(root, 'measured/networks');
  const lines = readFileSync(join(root, 'measured/silicon.csv'), 'utf8').split('\n');
  const small = lines
    .filter(line => /,(eyeriss\/alexnet_conv|edgetpu\/|quti\/|net\/alexnet)[^,]*\.onnx,/.test(line))
    .slice(0, 40);
  mkdirSync(join(folder, 'networks'), { recursive: true });
  for (const name of [
    'eyeriss/alexnet_conv.onnx',
    'net/alexnet_224.onnx',
    ...readdirSync(join(networks, 'edgetpu'))
      .slice(0, 20)
      .map(file => `edgetpu/${file}`),
  ]) {
    mkdirSync(join(folder, 'networks', name, '..'), { recursive: true });
    writeFileSync(join(folder, 'networks', name), readFileSync(join(networks, name)));
  }
  const path = join(folder, 'case.csv');
  const parameters = join(folder, 'parameters.json');
  const calibrated = JSON.stringify({ platform: 'eyeriss', parameters: { a: { value: 1 }, b: { value: 2 } } });
  return async seed => {
    const random = createRandom(seed);
    const first = random.integer(Math.max(1, small.length - 4));
    writeFileSync(path, mutateTable([lines[0], ...small.slice(first, first + 4)].join('\n'), random));
    if (random.integer(8) === 0) writeFileSync(parameters, mutateJson(calibrated, random));
    else writeFileSync(parameters, calibrated);
    if (random.integer(200) === 0) return await command(chip, 'calibrate', { platform: 'eyeriss' }, { data: path });
    return await command(
      chip,
      'validate',
      {},
      {
        data: path,
        ...(random.integer(4) === 0 ? { parameters } : {}),
        ...(random.integer(100) === 0 ? { plot: join(folder, 'case.svg') } : {}),
      },
    );
  };
}
