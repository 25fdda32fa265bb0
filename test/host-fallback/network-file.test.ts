import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import {
  ChipError,
  readNetworkFiles,
  writeNetworkFiles,
  writeNpz,
  type Network,
  type NumericArray,
} from '@autodnnchip/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { readFixture, sketchNetwork } from '../network-passes/network-under-test.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { anyNetwork } from './random-network.js';

const files = suite('network files');

/** A network to and from its files. */
function roundTrip(network: Network): Network {
  const { description, constants } = writeNetworkFiles(network);
  return readNetworkFiles({ description: Buffer.from(description), constants }, 'net.json');
}

function sameNetwork(a: Network, b: Network): boolean {
  const bits = ({ tensors }: Network): unknown =>
    [...tensors].map(([name, { data }]) => [
      name,
      data === undefined ? undefined : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
    ]);
  return isDeepStrictEqual(a, b) && isDeepStrictEqual(bits(a), bits(b));
}

files('every network comes back as it was, to the last bit', () => {
  fc.assert(
    fc.property(anyNetwork, network => sameNetwork(roundTrip(network), network)),
    { numRuns: 300 },
  );
});

files('descriptions follow the committed schema', () => {
  const validate = new Ajv2020().compile(
    JSON.parse(readFileSync('core/schemas/network.schema.json', 'utf8')) as Record<string, unknown>,
  );
  fc.assert(
    fc.property(anyNetwork, network => validate(JSON.parse(writeNetworkFiles(network).description))),
    { numRuns: 50 },
  );
});

files('real networks come back, and what is written is the same every time', async () => {
  for (const file of [
    'onnx-quant/lenet-qop_u8u8_pt.onnx',
    'onnx-quant/mlperf_ad-qdq_s8s8_pc.onnx',
    'onnx/vit_tiny-ts17.onnx',
  ]) {
    // What became of the model file's nodes is a matter of reading it: descriptions leave it out.
    const { nodes, ...network } = await readFixture(file);
    assert.ok((nodes?.length ?? 0) >= network.operators.length);
    assert.ok(sameNetwork(roundTrip(network), network), file);
    assert.equal(writeNetworkFiles(network), writeNetworkFiles(network), file);
  }
  const { nodes: _, ...weightless } = await prepareNetwork(await readFixture('onnx-graph/lenet-full-ts13.onnx', false));
  assert.ok(sameNetwork(roundTrip(weightless), weightless));
});

const small = sketchNetwork(
  {
    x: { shape: [1, 4] },
    k: { shape: [4], data: Float32Array.of(1, 2, 3, 4) },
    p: { shape: [1, 4] },
    s: { shape: [1, 4] },
  },
  [
    { kind: 'binary', inputs: ['x', 'k'], outputs: ['p'], attributes: { function: 'mul' } },
    { kind: 'softmax', inputs: ['p'], outputs: ['s'], attributes: { axis: 1 } },
  ],
);

/** Reads the small network's files after a change to the description. */
function readChanged(from: string | RegExp, to: string, constants = writeNetworkFiles(small).constants): () => Network {
  const { description } = writeNetworkFiles(small);
  const changed = description.replace(from, to);
  return () => readNetworkFiles({ description: Buffer.from(changed), constants }, 'host/leading.json');
}

files('says what is wrong with a description', async () => {
  for (const [from, to, part] of [
    ['"schemaVersion":1', '"schemaVersion":2', /schemaVersion/],
    ['"kind":"softmax"', '"kind":"softMax"', /softMax|kind/],
    ['"axis":1', '"axis":1.5', /axis/],
    ['"axis":1', '"axis":1,"epsilon":1', /epsilon/],
    ['"inputs":["p"]', '"inputs":["s"]', /reads 's', which nothing before it computes/],
    ['"outputs":["s"]', '"outputs":["t"]', /no tensor for the result 't'|nothing computes the output 't'/],
    ['"outputs":["p"]', '"outputs":["k"]', /computed twice/],
    ['"inputs":["x"]', '"inputs":["x","x"]', /there twice/],
    ['"name":"p"', '"name":"x"', /there twice/],
    ['"shape":[4]', '"shape":[5]', /another shape/],
    ['"shape":[4]', '"shape":[67108864,67108864]', /limit/],
    ['"shape":[4]', '"shape":[1e300]', /shape|limit/],
    ['"values":"c0"', '"values":"c1"', /does not belong|no values/],
    [',"values":"c0"', '', /more than the limit/],
    ['}', ']', /not JSON/],
  ] as const) {
    const error = await expectError('ADC6005', readChanged(from, to));
    assert.match(error.message, part);
    assert.is(error.location?.file, 'host/leading.json');
  }
});

files('says what is wrong with the constants', async () => {
  const array = (count: number): NumericArray => ({
    shape: [count],
    elementType: 'float32',
    data: new Float32Array(count),
  });
  const { constants } = writeNetworkFiles(small);
  for (const [archive, part] of [
    [new Uint8Array(0), /cannot be read/],
    [constants.subarray(0, constants.length - 30), /cannot be read/],
    [writeNpz(new Map()), /has no values/],
    [writeNpz(new Map([['c0', array(5)]])), /another shape/],
    [writeNpz(new Map([['c0', array(1e6)]])), /does not belong/],
    [
      writeNpz(
        new Map([
          ['c0', array(4)],
          ['c1', array(4)],
        ]),
      ),
      /more than the limit/,
    ],
    [
      writeNpz(new Map([['c0', { shape: [4], elementType: 'int32' as const, data: new Int32Array(4) }]])),
      /another shape or type/,
    ],
  ] as const) {
    assert.match((await expectError('ADC6005', readChanged('', '', archive))).message, part);
  }
});

files('neither writes nor reads what is too large', async () => {
  const { description, constants } = writeNetworkFiles(small);
  const limits = { descriptionBytes: 2 ** 20, constantBytes: 15 };
  await expectError('ADC1016', () => writeNetworkFiles(small, limits));
  await expectError('ADC1016', () => writeNetworkFiles(small, { descriptionBytes: 10, constantBytes: 16 }));
  await expectError('ADC6005', () =>
    readNetworkFiles({ description: Buffer.from(description), constants }, 'net.json', limits),
  );
  await expectError('ADC6005', () =>
    readNetworkFiles({ description: Buffer.from(description), constants }, 'net.json', {
      descriptionBytes: 10,
      constantBytes: 16,
    }),
  );
});

files('damage is found or does no harm', () => {
  const { description, constants } = writeNetworkFiles(small);
  const text = Buffer.from(description);
  fc.assert(
    fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 255 }), (inText, position, change) => {
      const damaged = { description: Uint8Array.from(text), constants: Uint8Array.from(constants) };
      const bytes = inText ? damaged.description : damaged.constants;
      bytes[position % bytes.length] ^= change;
      try {
        readNetworkFiles(damaged, 'net.json');
      } catch (error) {
        if (!(error instanceof ChipError) || error.code !== 'ADC6005') throw error;
      }
    }),
    { numRuns: 400 },
  );
});

files.run();
