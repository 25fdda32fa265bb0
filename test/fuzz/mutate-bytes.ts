import type { Random } from '@autodnnchip/core';

/** Numbers at which code changes its mind. */
export const edgeNumbers: readonly number[] = [
  0,
  1,
  -1,
  2,
  3,
  7,
  8,
  127,
  128,
  255,
  256,
  32767,
  65535,
  65536,
  2 ** 24,
  2 ** 30,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 40,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 62,
  -(2 ** 31),
  -(2 ** 63),
];

/** Names that objects, terminals and other programs have ideas about. */
export const oddNames: readonly string[] = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../etc/passwd',
  '/dev/zero',
  'a\nb',
  '\u001b[2J\u001b[31m',
  '\u202ename',
  '`x`|y',
  '<svg/onload=x>',
  'x'.repeat(3000),
  '\ud800',
  '0',
  '-1',
  'NaN',
  'Infinity',
  '1e999',
  'C:\\x',
  '$(touch x)',
  '"; --',
  'ｎame',
  'a,b',
  '"',
];

/**
 * Bytes with one to six changes: bits, small and large numbers, pieces taken out, repeated, moved; or the end cut off.
 */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (let left = 1 + random.integer(1 + random.integer(6)); left > 0; left--) result = changeOnce(result, random);
  return result;
}

function changeOnce(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.integer(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.integer(24));
  const copy = Uint8Array.from(bytes);
  switch (random.integer(7)) {
    case 0:
      if (at < copy.length) copy[at] ^= 1 << random.integer(8);
      return copy;
    case 1:
      if (at < copy.length) copy[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.integer(256)]);
      return copy;
    case 2: {
      const value = random.pick(edgeNumbers);
      for (let byte = 0; byte < 4 && at + byte < copy.length; byte++)
        copy[at + byte] = Math.floor(value / 2 ** (8 * byte)) & 255;
      return copy;
    }
    case 3:
      return joined(bytes.subarray(0, at), bytes.subarray(end));
    case 4:
      return joined(bytes.subarray(0, end), bytes.subarray(at));
    case 5:
      return random.integer(4) === 0 ? copy.slice(0, at) : copy.fill(random.integer(256), at, end);
    default:
      return joined(
        joined(bytes.subarray(0, at), bytes.subarray(random.integer(bytes.length + 1)).subarray(0, 24)),
        bytes.subarray(at),
      );
  }
}

export function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(left.length + right.length);
  result.set(left);
  result.set(right, left.length);
  return result;
}
