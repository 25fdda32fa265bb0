import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import {
  loadNumericArrays,
  type ElementType,
  type Network,
  type NumericArray,
  type Operator,
  type Quantization,
  type Tensor,
  type TensorData,
} from '@autodnnchip/core';

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

export interface TensorSketch {
  readonly shape: readonly number[];
  readonly type?: ElementType;
  readonly quantization?: Quantization;
  readonly data?: TensorData;
}

/** One scale and zero point. */
export function scaled(scale: number, zeroPoint = 0): Quantization {
  return { scales: Float32Array.of(scale), zeroPoints: Int32Array.of(zeroPoint) };
}

/**
 * A network by hand. Tensors with data are constants; the first tensor that nothing computes is the input, tensors that
 * nothing reads are the outputs.
 */
export function sketchNetwork(
  tensors: Readonly<Record<string, TensorSketch>>,
  operators: readonly Omit<Operator, 'name' | 'sourceType'>[],
): Network {
  const named = operators.map(
    (operator, index) => ({ name: `${operator.kind}${index}`, sourceType: operator.kind, ...operator }) as Operator,
  );
  const read = new Set(named.flatMap(operator => operator.inputs));
  const written = new Set(named.flatMap(operator => operator.outputs));
  const roleOf = (name: string, { data }: TensorSketch): Tensor['role'] =>
    data !== undefined ? 'constant' : !written.has(name) ? 'input' : read.has(name) ? 'intermediate' : 'output';
  const all = Object.entries(tensors).map(([name, sketch]): Tensor => ({
    name,
    shape: sketch.shape,
    elementType: sketch.type ?? 'float32',
    role: roleOf(name, sketch),
    ...(sketch.quantization === undefined ? {} : { quantization: sketch.quantization }),
    ...(sketch.data === undefined ? {} : { data: sketch.data }),
  }));
  const ofRole = (role: Tensor['role']): string[] =>
    all.filter(tensor => tensor.role === role).map(tensor => tensor.name);
  return {
    name: 'sketch',
    source: 'test',
    inputs: ofRole('input'),
    outputs: ofRole('output'),
    operators: named,
    tensors: new Map(all.map(tensor => [tensor.name, tensor])),
    weightless: false,
  };
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
