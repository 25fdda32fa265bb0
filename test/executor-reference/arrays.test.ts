import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  convertElements,
  createTensorData,
  crc32,
  elementCount,
  loadNumericArray,
  loadNumericArrays,
  parseArrayReference,
  readArchive,
  readNpy,
  readNpz,
  writeNpy,
  writeNpz,
  type ElementType,
  type NumericArray,
} from '@autodnnchip/core';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const arrays = suite('array files');

const elementTypes: readonly ElementType[] = [
  'float32',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
];

const anyArray: fc.Arbitrary<NumericArray> = fc
  .tuple(
    fc.constantFrom(...elementTypes),
    fc.array(fc.nat(4), { maxLength: 4 }),
    fc.uint8Array({ minLength: 256 * 8, maxLength: 256 * 8 }),
  )
  .map(([elementType, shape, bytes]) => {
    const data = createTensorData(elementType, elementCount(shape));
    new Uint8Array(data.buffer).set(bytes.subarray(0, data.byteLength));
    return { shape, elementType, data };
  });

function bytesOf(array: NumericArray): Uint8Array {
  return new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength);
}

arrays('npy and npz give back what was written, bit for bit', () => {
  fc.assert(
    fc.property(anyArray, anyArray, (first, second) => {
      const npy = readNpy(writeNpy(first), 'a.npy');
      assert.equal([npy.shape, npy.elementType, bytesOf(npy)], [first.shape, first.elementType, bytesOf(first)]);
      const archive = readNpz(
        writeNpz(
          new Map([
            ['first', first],
            ['second', second],
          ]),
        ),
        'a.npz',
      );
      assert.equal([...archive.keys()], ['first', 'second']);
      assert.equal(bytesOf(archive.get('second') as NumericArray), bytesOf(second));
    }),
    { numRuns: 200 },
  );
});

function npy(description: string, content: Uint8Array, fortranOrder = 'False', shape = '(2, 3)'): Uint8Array {
  const header = `{'descr': '${description}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }\n`;
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    1,
    0,
    header.length & 255,
    header.length >> 8,
    ...new TextEncoder().encode(header),
    ...content,
  ]);
}

arrays('reads column-major, big-endian and half-precision arrays', () => {
  assert.equal([...readNpy(npy('|u1', Uint8Array.of(1, 4, 2, 5, 3, 6), 'True'), 'f').data], [1, 2, 3, 4, 5, 6]);
  assert.equal(
    [...readNpy(npy('>i2', Uint8Array.of(0, 1, 255, 254, 1, 0, 0, 0, 0, 0, 0, 2)), 'f').data],
    [1, -2, 256, 0, 0, 2],
  );
  const half = readNpy(npy('<f2', Uint8Array.of(0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c, 0xff, 0x7b, 0, 0x80)), 'f');
  assert.equal([...half.data], [1, -2, 2 ** -24, Infinity, 65504, -0]);
});

/**
 * A file's bytes as parts of larger buffers: what file systems and archives hand out. `slice` of a Node.js Buffer is no
 * copy.
 */
function placements(bytes: Uint8Array): Uint8Array[] {
  return [0, 1, 2, 3, 7].flatMap(offset => {
    const large = Buffer.alloc(bytes.length + offset + 5, 0xa5);
    large.set(bytes, offset);
    return [
      large.subarray(offset, offset + bytes.length),
      new Uint8Array(large.buffer, large.byteOffset + offset, bytes.length),
    ];
  });
}

const typeCases: readonly (readonly [
  string,
  (view: DataView, at: number, value: number, little: boolean) => void,
  number,
  readonly number[],
])[] = [
  ['b1', (view, at, value) => view.setUint8(at, value), 1, [1, 0, 1, 1, 0, 0]],
  ['i1', (view, at, value) => view.setInt8(at, value), 1, [-128, 127, 0, -1, 5, 6]],
  ['u1', (view, at, value) => view.setUint8(at, value), 1, [255, 127, 0, 1, 5, 6]],
  ['i2', (view, at, value, little) => view.setInt16(at, value, little), 2, [-32768, 32767, 0, -1, 258, 6]],
  ['u2', (view, at, value, little) => view.setUint16(at, value, little), 2, [65535, 32767, 0, 1, 258, 6]],
  ['i4', (view, at, value, little) => view.setInt32(at, value, little), 4, [-(2 ** 31), 2 ** 31 - 1, 0, -1, 66051, 6]],
  ['u4', (view, at, value, little) => view.setUint32(at, value, little), 4, [2 ** 32 - 1, 2 ** 31 - 1, 0, 1, 66051, 6]],
  [
    'i8',
    (view, at, value, little) => view.setBigInt64(at, BigInt(value), little),
    8,
    [-(2 ** 53), 2 ** 40, 0, -1, 66051, 6],
  ],
  [
    'u8',
    (view, at, value, little) => view.setBigUint64(at, BigInt(value), little),
    8,
    [2 ** 53, 2 ** 40, 0, 1, 66051, 6],
  ],
  [
    'f2',
    (view, at, value, little) =>
      view.setUint16(
        at,
        { 1: 0x3c00, [-2]: 0xc000, 65504: 0x7bff }[value] ?? (value === 2 ** -24 ? 1 : value === Infinity ? 0x7c00 : 0),
        little,
      ),
    2,
    [1, -2, 65504, 2 ** -24, Infinity, 0],
  ],
  [
    'f4',
    (view, at, value, little) => view.setFloat32(at, value, little),
    4,
    [1.5, -2, 2 ** 100, 2 ** -140, -Infinity, 0],
  ],
  ['f8', (view, at, value, little) => view.setFloat64(at, value, little), 8, [0.1, -2, 1e300, 5e-324, -Infinity, 0]],
];
for (const [type, write, width, values] of typeCases) {
  arrays(`reads ${type} in both byte orders, both memory orders and wherever its bytes lie`, () => {
    for (const order of width === 1 ? ['|'] : ['<', '>']) {
      for (const fortran of [false, true]) {
        const content = new Uint8Array(values.length * width);
        // Column-major, element [row, column] of [2, 3] is the (2 column + row)th.
        values.forEach((value, index) =>
          write(
            new DataView(content.buffer),
            (fortran ? 2 * (index % 3) + Math.floor(index / 3) : index) * width,
            value,
            order !== '>',
          ),
        );
        const file = npy(order + type, content, fortran ? 'True' : 'False');
        for (const placed of placements(file)) {
          const { data, shape } = readNpy(placed, 'f');
          assert.equal(
            [shape, [...data].map(Number)],
            [[2, 3], values],
            `${order}${type} ${fortran} at ${placed.byteOffset}`,
          );
          assert.equal(placed, Buffer.isBuffer(placed) ? Buffer.from(file) : file, "the file's bytes were changed");
        }
        for (const level of [0, 6] as const) {
          const archive = zipSync({ 'pad.npy': npy('|u1', new Uint8Array(6)), 'x.npy': file }, { level });
          for (const placed of placements(archive))
            assert.equal([...(readNpz(placed, 'f.npz').get('x')?.data ?? [])].map(Number), values);
        }
      }
    }
  });
}

arrays('reads headers of all versions, scalars and empty arrays', () => {
  const header = "{'descr': '<f2', 'fortran_order': False, 'shape': (), }".padEnd(118 - 1) + '\n';
  const text = new TextEncoder().encode(header);
  for (const version of [2, 3]) {
    const file = Uint8Array.from([
      0x93,
      ...new TextEncoder().encode('NUMPY'),
      version,
      0,
      text.length,
      0,
      0,
      0,
      ...text,
      0,
      0x3c,
    ]);
    assert.equal(
      [readNpy(Buffer.concat([Buffer.alloc(3), file]).subarray(3), 'f').shape, [...readNpy(file, 'f').data]],
      [[], [1]],
    );
  }
  for (const fortran of ['False', 'True'])
    assert.equal(readNpy(npy('<f4', new Uint8Array(0), fortran, '(3, 0, 2)'), 'f').shape, [3, 0, 2]);
  assert.equal([...readNpy(npy('<i4', Uint8Array.of(7, 0, 0, 0), 'True', '()'), 'f').data], [7]);
});

const refusedTypes: readonly (readonly [string, RegExp])[] = [
  ['<c8', /complex numbers/],
  ['<U5', /strings/],
  ['|S3', /byte strings/],
  ['|O', /Python objects/],
  ['<M8[ns]', /dates/],
  ['<m8[s]', /time spans/],
  ['<V2', /bfloat16/],
  ['<f16', /this width/],
];
for (const [type, message] of refusedTypes) {
  arrays(`refuses elements of type ${type} by what they are`, async () => {
    assert.match((await expectError('ADC1102', () => readNpy(npy(type, new Uint8Array(96)), 'f'))).message, message);
  });
}

arrays('refuses a structured array and says what to do', async () => {
  const header = "{'descr': [('a', '<f4'), ('b', '<i2')], 'fortran_order': False, 'shape': (6,), }\n";
  const file = Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    1,
    0,
    header.length,
    0,
    ...new TextEncoder().encode(header),
    ...new Uint8Array(36),
  ]);
  assert.match((await expectError('ADC1102', () => readNpy(file, 'f'))).message, /structured array.*save each field/);
});

arrays('converts 64-bit integers without loss, or refuses', async () => {
  const wide = { shape: [2], elementType: 'int64' as const, data: BigInt64Array.of(2n ** 53n + 1n, -1n) };
  assert.equal(
    convertElements({ ...wide, shape: [1], data: wide.data.subarray(0, 1) }, 'uint64').data,
    BigUint64Array.of(2n ** 53n + 1n),
  );
  await expectError('ADC1105', () => convertElements(wide, 'uint64'));
  await expectError('ADC1105', () => convertElements(wide, 'int32'));
});

arrays('refuses what is not an array it knows', async () => {
  await expectError('ADC1102', () => readNpy(new TextEncoder().encode('not an array'), 'f'));
  await expectError('ADC1102', () => readNpy(npy('|O8', new Uint8Array(48)), 'f'));
  await expectError('ADC1102', () => readNpy(npy('<f4', new Uint8Array(23)), 'f'));
  await expectError('ADC1102', () => readNpy(npy('|u1', new Uint8Array(6), 'False', '(99999999999999999999,)'), 'f'));
  await expectError('ADC1102', () => readNpy(npy('|u1', new Uint8Array(6), 'False', "('x',)"), 'f'));
});

arrays('every truncation and single-byte corruption of an archive is read right or refused', () => {
  const wanted = {
    shape: [40],
    elementType: 'uint8' as const,
    data: Uint8Array.from({ length: 40 }, (_, index) => index * 3),
  };
  const bytes = writeNpz(new Map([['x', wanted]]));
  const readsRight = (damaged: Uint8Array): boolean => {
    try {
      const array = readNpz(damaged, 'x.npz').get('x');
      return array === undefined || Buffer.from(bytesOf(array)).equals(wanted.data);
    } catch (error) {
      return (error as { code?: string }).code?.startsWith('ADC11') ?? false;
    }
  };
  for (let length = 0; length < bytes.length; length++)
    assert.ok(readsRight(bytes.subarray(0, length)), `truncated to ${length} bytes`);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = bytes.slice();
      damaged[at] ^= change;
      assert.ok(readsRight(damaged), `byte ${at} changed by ${change}`);
    }),
    { numRuns: 500 },
  );
});

arrays('does not inflate beyond the limit or the declared size', async () => {
  const bomb = zipSync({ 'x.npy': new Uint8Array(5_000_000) }, { level: 9 });
  const limits = { maximumEntryBytes: 1_000_000, maximumEntries: 10, maximumExpansion: 64 };
  await expectError('ADC1103', () => readNpz(bomb, 'bomb.npz', undefined, limits));
  const lying = bomb.slice();
  const view = new DataView(lying.buffer, lying.byteOffset);
  const directory = view.getUint32(lying.length - 22 + 16, true);
  view.setUint32(directory + 24, 1000, true);
  const [entry] = readArchive(lying, 'lying.npz', limits);
  await expectError('ADC1102', () => entry.read());
  view.setUint32(directory + 24, 0xfffffff0, true);
  await expectError('ADC1102', () => readArchive(lying, 'lying.npz', limits));
});

arrays('an archive that inflates to far more than it is, is refused before the memory is taken', async () => {
  const zeros = new Uint8Array(40 * 2 ** 20);
  zeros.set(npy('|u1', new Uint8Array(6)).subarray(0, 10));
  // One is within what any archive may hold; the next would be beyond it and beyond 64 times the archive.
  const bomb = zipSync({ 'a.bin': zeros, 'b.bin': zeros }, { level: 9 });
  const [first, second] = readArchive(bomb, 'bomb.npz');
  assert.is(first.read().length, zeros.length);
  assert.match((await expectError('ADC1103', () => second.read())).hint ?? '', 'without compression');
  const stored = readArchive(zipSync({ 'a.bin': zeros, 'b.bin': zeros }, { level: 0 }), 'stored.npz');
  assert.is(
    stored.reduce((sum, entry) => sum + entry.read().length, 0),
    2 * zeros.length,
  );
});

arrays(
  'an archive with two entries of one name is refused, whichever of them is asked for, and so is one without any array',
  async () => {
    const bytes = writeNpz(
      new Map(
        ['a', 'b', 'c'].map((key, index): [string, NumericArray] => [
          key,
          { shape: [1], elementType: 'uint8', data: Uint8Array.of(index) },
        ]),
      ),
    );
    const twice = Buffer.from(bytes);
    for (let at = twice.indexOf('b.npy'); at >= 0; at = twice.indexOf('b.npy', at)) twice.write('a.npy', at);
    for (const key of ['a', 'c'])
      assert.match(
        (await expectError('ADC1102', () => readNpz(twice, 'twice.npz', new Set([key])))).message,
        `two entries are named 'a.npy'`,
      );
    const file = join(temporaryFolder(), 'none.npz');
    for (const entries of [{}, { 'notes.txt': new Uint8Array(3) }]) {
      writeFileSync(file, zipSync(entries));
      assert.match((await expectError('ADC1104', () => loadNumericArrays(file))).message, 'holds no array');
    }
  },
);

arrays('crc32 is the one of zip', () => {
  assert.is(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
});

arrays('references name a file and a key', async () => {
  assert.equal(parseArrayReference('a/b.npz:x'), { file: 'a/b.npz', format: 'npz', key: 'x' });
  assert.equal(parseArrayReference('C:\\data\\b.npz'), { file: 'C:\\data\\b.npz', format: 'npz' });
  assert.equal(parseArrayReference('b.NPY'), { file: 'b.NPY', format: 'npy' });
  await expectError('ADC1104', () => parseArrayReference('picture.png'));
});

arrays('loads by reference and says which keys there are', async () => {
  const folder = temporaryFolder();
  const one: NumericArray = { shape: [2], elementType: 'float32', data: Float32Array.of(1, 2) };
  writeFileSync(
    join(folder, 'two.npz'),
    writeNpz(
      new Map([
        ['a', one],
        ['b', one],
      ]),
    ),
  );
  writeFileSync(join(folder, 'one.npy'), writeNpy(one));
  assert.equal(loadNumericArray(`${join(folder, 'two.npz')}:b`), one);
  assert.equal([...loadNumericArrays(join(folder, 'one.npy')).keys()], ['one']);
  const several = await expectError('ADC1104', () => loadNumericArray(join(folder, 'two.npz')));
  assert.match(several.hint ?? '', /two\.npz:a/);
  const absent = await expectError('ADC1104', () => loadNumericArray(`${join(folder, 'two.npz')}:c`));
  assert.match(absent.hint ?? '', /two\.npz:b/);
  await expectError('ADC1101', () => loadNumericArray(join(folder, 'none.npz:a')));
});

arrays('converts elements only where they fit', async () => {
  const wide: NumericArray = { shape: [2], elementType: 'int64', data: BigInt64Array.of(5n, -3n) };
  assert.equal([...convertElements(wide, 'int8').data], [5, -3]);
  await expectError('ADC1105', () => convertElements(wide, 'uint8'));
});

arrays.run();
