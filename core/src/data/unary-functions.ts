import type { UnaryFunction } from '../network/index.js';
import { fusedMultiplyAdd } from './float32.js';

/** A function of one float32 value with a float32 result. */
export type Float32Function = (value: number) => number;

/**
 * The real functions of `unary` operators in float32. `alpha` and `beta` are ONNX's, with ONNX's defaults.
 *
 * relu, leakyRelu, neg and abs are ONNX Runtime's bits. sigmoid follows its published kernel (see `logistic`) and so
 * does silu as sigmoid and product. The others are float64 results rounded to float32, within one unit in the last
 * place of ONNX Runtime's float kernels but not equal bit for bit.
 */
export function unaryFunction(name: UnaryFunction, alpha?: number, beta?: number): Float32Function {
  const round = Math.fround;
  switch (name) {
    case 'relu':
      return value => (value > 0 ? value : 0);
    case 'leakyRelu': {
      const slope = round(alpha ?? 0.01);
      return value => (value >= 0 ? value : round(slope * value));
    }
    case 'sigmoid':
      return logistic;
    case 'silu':
      return value => round(value * logistic(value));
    case 'hardSigmoid': {
      const slope = round(alpha ?? 0.2);
      const offset = round(beta ?? 0.5);
      return value => Math.max(0, Math.min(1, round(round(slope * value) + offset)));
    }
    case 'hardSwish': {
      const slope = round(1 / 6);
      return value => round(value * Math.max(0, Math.min(1, round(round(slope * value) + 0.5))));
    }
    case 'tanh':
      return value => round(Math.tanh(value));
    case 'gelu':
      return value => round(0.5 * value * (1 + errorFunction(value * Math.SQRT1_2)));
    case 'erf':
      return value => round(errorFunction(value));
    case 'sqrt':
      return value => round(Math.sqrt(value));
    case 'exp':
      return value => round(Math.exp(value));
    case 'elu': {
      const slope = round(alpha ?? 1);
      return value => (value >= 0 ? value : round(slope * Math.expm1(value)));
    }
    case 'neg':
      return value => -value;
    case 'abs':
      return value => Math.abs(value);
  }
}

/** Odd polynomial over even polynomial, highest power first, from Eigen's and MLAS's logistic kernels. */
const numerator = [
  4.37031012579801e-11, 1.15627324459942e-7, 6.08574864600143e-5, 8.51377133304701e-3, 2.48287947061529e-1,
].map(Math.fround);
const denominator = [
  6.10247389755681e-13, 5.76102136993427e-9, 6.2910678501704e-6, 1.70198817374094e-3, 1.16817656904453e-1,
  9.9315192102318e-1,
].map(Math.fround);

/**
 * 1 / (1 + e^-x) as ONNX Runtime computes it on processors with fused multiply-add: a rational approximation on [-18,
 * 18].
 */
function logistic(value: number): number {
  const bounded = Math.max(-18, Math.min(18, value));
  const square = Math.fround(bounded * bounded);
  let top = numerator[0];
  for (let index = 1; index < numerator.length; index++) top = fusedMultiplyAdd(top, square, numerator[index]);
  let bottom = denominator[0];
  for (let index = 1; index < denominator.length; index++)
    bottom = fusedMultiplyAdd(bottom, square, denominator[index]);
  const quotient = Math.fround(Math.fround(top * bounded) / bottom);
  return Math.max(0, Math.min(1, Math.fround(quotient + 0.5)));
}

/**
 * Error function in float64: its Maclaurin series below 3, the continued fraction of the complement above; error below
 * 1e-13.
 */
function errorFunction(value: number): number {
  const x = Math.abs(value);
  if (!(x < 6)) return Math.sign(value);
  let result: number;
  if (x < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    result = (2 / Math.sqrt(Math.PI)) * sum;
  } else {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction);
    result = 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }
  return value < 0 ? -result : result;
}
