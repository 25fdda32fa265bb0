import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { loadNumericArrays, type Network, type NumericArray, type Quantization } from '@autodnnchip/core';

export { sketchNetwork, type TensorSketch } from '@autodnnchip/plugin-conformance';

/** Networks of the fixtures in `test/models`; its README says where they come from. */
const models = fileURLToPath(new URL('../models/', import.meta.url));

/** Files of a fixture folder whose name has `part` in it. */
export function fixtureFiles(folder: string, part: string): string[] {
  return readdirSync(models + folder)
    .filter(file => file.endsWith('.onnx') && file.includes(part))
    .map(file => `${folder}/${file}`);
}

export async function readFixture(file: string, weights = true): Promise<Network> {
  return await readOnnxNetwork(models + file, { weights });
}

/** One array of the `-io.npz` file of a fixture; float files of a network share one. */
export function fixtureArray(file: string, key: string): NumericArray {
  const base = file.startsWith('onnx/') ? file.replace(/-.*$/, '') : file.replace(/\.onnx$/, '');
  const array = loadNumericArrays(`${models}${base}-io.npz`).get(key);
  if (array === undefined) throw new Error(`${file} has no array ${key}`);
  return array;
}

/** One scale and zero point. */
export function scaled(scale: number, zeroPoint = 0): Quantization {
  return { scales: Float32Array.of(scale), zeroPoints: Int32Array.of(zeroPoint) };
}

/** Kinds of a network's operators in order. */
export function kindsOf(network: Network): string[] {
  return network.operators.map(operator => operator.kind);
}

/** Repeatable values in [-1, 1). */
export function values(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Signal to noise in decibels. */
export function signalToNoise(wanted: ArrayLike<number>, got: ArrayLike<number>): number {
  let signal = 0;
  let noise = 0;
  for (let index = 0; index < wanted.length; index++) {
    signal += wanted[index] ** 2;
    noise += (wanted[index] - got[index]) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}
