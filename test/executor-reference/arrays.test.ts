import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  convertElements, createTensorData, crc32, elementCount, loadNumericArray, loadNumericArrays, parseArrayReference, readArchive, readNpy, readNpz, writeNpy, writeNpz,
  type ElementType, type NumericArray,
} from '@autodnnchip/core';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const arrays = suite('array files');

const elementTypes: readonly ElementType[] = ['float32', 'float64', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'bool'];

const anyArray: fc.Arbitrary<NumericArray> = fc.tuple(
  fc.constantFrom(...elementTypes), fc.array(fc.nat(4), { maxLength: 4 }), fc.uint8Array({ minLength: 256 * 8, maxLength: 256 * 8 }),
).map(([elementType, shape, bytes]) => {
  const data = createTensorData(elementType, elementCount(shape));
  new Uint8Array(data.buffer).set(bytes.subarray(0, data.byteLength));
  return { shape, elementType, data };
});

function bytesOf(array: NumericArray): Uint8Array {
  return new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength);
}

arrays('npy and npz give back what was written, bit for bit', () => {
  fc.assert(fc.property(anyArray, anyArray, (first, second) => {
    const npy = readNpy(writeNpy(first), 'a.npy');
    assert.equal([npy.shape, npy.elementType, bytesOf(npy)], [first.shape, first.elementType, bytesOf(first)]);
    const archive = readNpz(writeNpz(new Map([['first', first], ['second', second]])), 'a.npz');
    assert.equal([...archive.keys()], ['first', 'second']);
    assert.equal(bytesOf(archive.get('second') as NumericArray), bytesOf(second));
  }), { numRuns: 200 });
});

function npy(description: string, content: Uint8Array, fortranOrder = 'False', shape = '(2, 3)'): Uint8Array {
  const header = `{'descr': '${description}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }\n`;
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 255, header.length >> 8, ...new TextEncoder().encode(header), ...content]);
}

arrays('reads column-major, big-endian and half-precision arrays', () => {
  assert.equal([...readNpy(npy('|u1', Uint8Array.of(1, 4, 2, 5, 3, 6), 'True'), 'f').data], [1, 2, 3, 4, 5, 6]);
  assert.equal([...readNpy(npy('>i2', Uint8Array.of(0, 1, 255, 254, 1, 0, 0, 0, 0, 0, 0, 2)), 'f').data], [1, -2, 256, 0, 0, 2]);
  const half = readNpy(npy('<f2', Uint8Array.of(0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c, 0xff, 0x7b, 0, 0x80)), 'f');
  assert.equal([...half.data], [1, -2, 2 ** -24, Infinity, 65504, -0]);
});

arrays('refuses what is not an array it knows', async () => {
  await expectError('ADC1102', () => readNpy(new TextEncoder().encode('not an array'), 'f'));
  await expectError('ADC1102', () => readNpy(npy('|O8', new Uint8Array(48)), 'f'));
  await expectError('ADC1102', () => readNpy(npy('<f4', new Uint8Array(23)), 'f'));
  await expectError('ADC1102', () => readNpy(npy('|u1', new Uint8Array(6), 'False', '(99999999999999999999,)'), 'f'));
  await expectError('ADC1102', () => readNpy(npy('|u1', new Uint8Array(6), 'False', "('x',)"), 'f'));
});

arrays('every truncation and single-byte corruption of an archive is read right or refused', () => {
  const wanted = { shape: [40], elementType: 'uint8' as const, data: Uint8Array.from({ length: 40 }, (_, index) => index * 3) };
  const bytes = writeNpz(new Map([['x', wanted]]));
  const readsRight = (damaged: Uint8Array): boolean => {
    try {
      const array = readNpz(damaged, 'x.npz').get('x');
      return array === undefined || Buffer.from(bytesOf(array)).equals(wanted.data);
    } catch (error) {
      return (error as { code?: string }).code?.startsWith('ADC11') ?? false;
    }
  };
  for (let length = 0; length < bytes.length; length++) assert.ok(readsRight(bytes.subarray(0, length)), `truncated to ${length} bytes`);
  fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
    const damaged = bytes.slice();
    damaged[at] ^= change;
    assert.ok(readsRight(damaged), `byte ${at} changed by ${change}`);
  }), { numRuns: 500 });
});

arrays('does not inflate beyond the limit or the declared size', async () => {
  const bomb = zipSync({ 'x.npy': new Uint8Array(5_000_000) }, { level: 9 });
  const limits = { maximumEntryBytes: 1_000_000, maximumEntries: 10 };
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
  writeFileSync(join(folder, 'two.npz'), writeNpz(new Map([['a', one], ['b', one]])));
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
