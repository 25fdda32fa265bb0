import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAutoDNNchip, type ErrorCode } from '@autodnnchip/core';
import { importOnnx, onnxFrontEnd, readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { encodeModel, floats, writeModel, type ModelSpec, type TensorSpec } from './onnx-writer.js';

const test = suite('frontend-onnx: bad input');
const lenet = fileURLToPath(new URL('../models/onnx/lenet-ts13.onnx', import.meta.url));

async function fails(code: ErrorCode, path: string): Promise<Awaited<ReturnType<typeof expectError>>> {
  const error = await expectError(code, async () => await readOnnxNetwork(path, { weights: true }));
  assert.is(error.location?.file, path);
  assert.ok((error.hint ?? '') !== '', 'no remedy');
  return error;
}

function fileWith(content: Uint8Array | string, name = 'model.onnx'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const relu: ModelSpec = {
  inputs: [{ name: 'x', shape: [1, 4] }],
  outputs: [{ name: 'y' }],
  nodes: [{ operator: 'Relu', inputs: ['x'], name: 'relu' }],
};

test('files that cannot be read', async () => {
  const folder = temporaryFolder();
  assert.match((await fails('ADC1001', join(folder, 'missing.onnx'))).message, 'does not exist');
  assert.match((await fails('ADC1001', folder)).message, 'is a directory');
  assert.match((await fails('ADC1001', fileWith(''))).message, 'is empty');
  const secret = fileWith(readFileSync(lenet));
  chmodSync(secret, 0o000);
  if (process.getuid?.() !== 0) assert.match((await fails('ADC1001', secret)).message, 'permission denied');
});

const formats: readonly (readonly [string, Uint8Array | string])[] = [
  ['zip archive', 'PK\x03\x04rest'],
  ['TFLite', '\x1c\0\0\0TFL3rest'],
  ['JSON', '{"a": 1}'],
  ['Git LFS', 'version https://git-lfs.github.com/spec/v1\n'],
  ['first bytes', 'hello, world'],
  ['first bytes', new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff])],
  ['no graph', new Uint8Array([0x08, 0x08])],
];
for (const [what, content] of formats) {
  test(`not ONNX: ${what}`, async () => assert.match((await fails('ADC1010', fileWith(content))).message, what));
}

test('a file that is cut off anywhere is refused, with the byte', async () => {
  const bytes = readFileSync(lenet);
  for (const length of [3, 100, 1000, 5000, bytes.length - 3000]) {
    const error = await expectError('ADC1011', () =>
      importOnnx('model.onnx', bytes.subarray(0, length), { weights: true }),
    );
    assert.ok((error.location?.byteOffset ?? -1) >= 0 && (error.location?.byteOffset ?? length) < length);
  }
});

test('external data: missing, short, of another length, outside the folder', async () => {
  const model = (external: Readonly<Record<string, string>>): ModelSpec => {
    const weights: TensorSpec = { name: 'w', type: 'float', shape: [100], external };
    return {
      inputs: [{ name: 'x', shape: [100] }],
      outputs: [{ name: 'y' }],
      nodes: [{ operator: 'Add', inputs: ['x', 'w'] }],
      initializers: [weights],
    };
  };
  const missing = await fails('ADC1013', writeModel(model({ location: 'weights.bin' })));
  assert.match(missing.message, "'weights.bin' does not exist");
  assert.is(missing.location?.node, 'w');
  assert.ok((await readOnnxNetwork(missing.location?.file ?? '', { weights: false })).weightless);

  const short = writeModel(model({ location: 'weights.bin', offset: '8' }));
  writeFileSync(join(dirname(short), 'weights.bin'), new Uint8Array(404));
  assert.match((await fails('ADC1013', short)).message, 'has 404');
  assert.match(
    (await fails('ADC1013', writeModel(model({ location: 'weights.bin', length: '8' })))).message,
    '8 bytes',
  );
  assert.match((await fails('ADC1017', writeModel(model({ location: 'weights.bin', offset: '-4' })))).message, "'-4'");
  const folder = writeModel(model({ location: 'data' }));
  mkdirSync(join(dirname(folder), 'data'));
  assert.match((await fails('ADC1013', folder)).message, 'regular file');

  for (const location of ['../weights.bin', '/etc/hostname', 'a/../../weights.bin', '..', 'C:\\weights.bin']) {
    const path = writeModel(model({ location }));
    assert.match((await fails('ADC1014', path)).message, location);
    await expectError('ADC1014', async () => await readOnnxNetwork(path, { weights: false }));
  }
  const linked = writeModel(model({ location: 'weights.bin' }));
  const target = fileWith(new Uint8Array(400), 'elsewhere.bin');
  symlinkSync(target, join(dirname(linked), 'weights.bin'));
  await fails('ADC1014', linked);
});

test('a model in a cache of links finds its data beside the real file', async () => {
  const real = writeModel({
    inputs: [{ name: 'x', shape: [2] }],
    outputs: [{ name: 'y' }],
    nodes: [{ operator: 'Add', inputs: ['x', 'w'] }],
    initializers: [{ name: 'w', type: 'float', shape: [2], external: { location: 'model.data' } }],
  });
  writeFileSync(join(dirname(real), 'blob'), new Uint8Array(Float32Array.of(1, 2).buffer));
  const folder = temporaryFolder();
  symlinkSync(real, join(folder, 'model.onnx'));
  symlinkSync(join(dirname(real), 'blob'), join(folder, 'model.data'));
  const network = await readOnnxNetwork(join(folder, 'model.onnx'), { weights: true });
  assert.equal(network.tensors.get('w')?.data, Float32Array.of(1, 2));
});

const graphs: readonly (readonly [string, ErrorCode, ModelSpec, RegExp])[] = [
  [
    'a cycle',
    'ADC1015',
    {
      ...relu,
      nodes: [
        { operator: 'Add', inputs: ['x', 'b'], outputs: ['a'], name: 'first' },
        { operator: 'Relu', inputs: ['a'], outputs: ['b'] },
        { operator: 'Relu', inputs: ['b'] },
      ],
    },
    /cycle.*first/,
  ],
  [
    'a value made twice',
    'ADC1015',
    { ...relu, nodes: [...relu.nodes, { operator: 'Abs', inputs: ['x'] }] },
    /'y' is made twice/,
  ],
  ['a value that nothing makes', 'ADC1015', { ...relu, nodes: [{ operator: 'Relu', inputs: ['ghost'] }] }, /'ghost'/],
  ['an output that nothing makes', 'ADC1015', { ...relu, outputs: [{ name: 'ghost' }] }, /'ghost'/],
  ['no outputs', 'ADC1015', { ...relu, outputs: [] }, /no outputs/],
  [
    'two initializers of one name',
    'ADC1015',
    { ...relu, initializers: [floats('w', [1]), floats('w', [1])] },
    /two initializers named 'w'/,
  ],
  ['a node without its input', 'ADC1015', { ...relu, nodes: [{ operator: 'Relu' }] }, /lacks its input 0/],
  [
    'an attribute of a wrong kind',
    'ADC1018',
    { ...relu, nodes: [{ operator: 'LeakyRelu', inputs: ['x'], attributes: { alpha: 'much' } }] },
    /'alpha' is string/,
  ],
  ['an old operator set', 'ADC1012', { ...relu, opset: 6 }, /Operator set 6/],
  ['an old IR version', 'ADC1012', { ...relu, irVersion: 2 }, /IR version 2/],
  [
    'an input that is no tensor of numbers',
    'ADC1021',
    { ...relu, inputs: [{ name: 'x', type: 'string', shape: [1] }] },
    /string/,
  ],
  [
    'open dimensions',
    'ADC1019',
    { ...relu, inputs: [{ name: 'x', shape: ['batch', 3, 'height', undefined] }] },
    /'height', dimension 3/,
  ],
  ['an absurd input', 'ADC1016', { ...relu, inputs: [{ name: 'x', shape: [1, 2 ** 30, 2 ** 30] }] }, /too large/],
  [
    'an absurd result',
    'ADC1016',
    {
      ...relu,
      nodes: [{ operator: 'Tile', inputs: ['x', 'r'] }],
      initializers: [{ name: 'r', type: 'int64', shape: [2], typed: [2 ** 30, 2 ** 30] }],
    },
    /too large/,
  ],
  [
    'absurd constants',
    'ADC1016',
    {
      ...relu,
      nodes: [
        { operator: 'ConstantOfShape', inputs: ['s'], outputs: ['c'] },
        { operator: 'Add', inputs: ['x', 'c'] },
      ],
      initializers: [{ name: 's', type: 'int64', shape: [2], typed: [2 ** 30, 4] }],
    },
    /more than \d+ elements/,
  ],
];
for (const [what, code, spec, message] of graphs) {
  test(`${what}: ${code}`, async () => assert.match((await fails(code, writeModel(spec))).message, message));
}

test('an open batch is set to 1 and said; other open dimensions can be given', async () => {
  const path = writeModel({
    ...relu,
    inputs: [{ name: 'x', shape: ['batch', 3, 'height'] }],
    outputs: [{ name: 'y', shape: ['batch', 3, 'height'] }],
  });
  const network = await readOnnxNetwork(path, { weights: true, dimensions: { height: 5 } });
  assert.equal(network.tensors.get('y')?.shape, [1, 3, 5]);
  assert.equal(network.notes, ["The batch dimension 'batch' of input 'x' is open and was set to 1."]);
});

test('newer versions are read and noted; nodes out of order and of one name are read', async () => {
  const network = await readOnnxNetwork(
    writeModel({
      ...relu,
      opset: 99,
      irVersion: 99,
      nodes: [
        { operator: 'Abs', inputs: ['a'], outputs: ['y'], name: 'same' },
        { operator: 'Relu', inputs: ['x'], outputs: ['a'], name: 'same' },
      ],
    }),
    { weights: true },
  );
  assert.is(network.notes?.length, 2);
  assert.equal(
    network.operators.map(({ name, sourceType }) => [name, sourceType]),
    [
      ['same', 'Relu'],
      ['same_2', 'Abs'],
    ],
  );
});

test('the plugin reads what is ONNX by name or by content and leaves the rest to others', async () => {
  const { hooks } = createAutoDNNchip({ plugins: [onnxFrontEnd({ dimensions: { width: 4 } })] });
  const model = encodeModel({ ...relu, inputs: [{ name: 'x', shape: ['n', 'width'] }] });
  const network = await hooks.loadNetwork.promise({ path: fileWith(model, 'model.bin'), weights: true });
  assert.equal(network?.tensors.get('y')?.shape, [1, 4]);
  assert.is(network?.notes?.length, 1);
  assert.is(await hooks.loadNetwork.promise({ path: fileWith('PK\x03\x04', 'model.pt2'), weights: true }), undefined);
  const error = await expectError(
    'ADC1010',
    async () => await hooks.loadNetwork.promise({ path: fileWith('PK\x03\x04', 'model.onnx'), weights: true }),
  );
  assert.is(error.plugin, '@autodnnchip/plugin-frontend-onnx');
});

test.run();
