import { ChipError, convertElements, isSameShape, type NamedArray, type SimulatedOutput } from '@autodnnchip/core';

/** The array expected of an output: by name, or the only one for the only output. */
function expectedFor(name: string, expected: readonly NamedArray[], only: boolean): NamedArray | undefined {
  return expected.find((array) => array.name === name) ?? (only && expected.length === 1 ? expected[0] : undefined);
}

/** Position of an element in row-major order as an index per dimension. */
function indexOf(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/** Equal bits of a number: NaN equals NaN, and 0 does not equal -0 where the type tells them apart. */
function same(a: number | bigint, b: number | bigint): boolean {
  return typeof a === 'number' && typeof b === 'number' ? Object.is(a, b) : a === b;
}

/** The values that an output must equal. Throws ADC1105 where none are given, or of another shape. */
function wantedFor({ name, shape }: NamedArray, expected: readonly NamedArray[], only: boolean): NamedArray {
  const wanted = expectedFor(name, expected, only);
  if (wanted === undefined) {
    throw new ChipError('ADC1105', `No expected values are given for the output ${name}.`, {
      location: { node: name }, hint: `Give an array named ${name} (there ${expected.length === 1 ? 'is' : 'are'} ${expected.map((array) => array.name).join(', ')}).`,
    });
  }
  if (isSameShape(wanted.shape, shape)) return wanted;
  throw new ChipError('ADC1105', `The expected values for the output ${name} have the shape [${wanted.shape.join(', ')}]; the chip gives [${shape.join(', ')}].`, {
    location: { node: name }, hint: 'Choose another array with FILE.npz:KEY.',
  });
}

/** Throws what `compareOutputs` would throw for outputs of these names and shapes. */
export function checkExpected(outputs: readonly NamedArray[], expected: readonly NamedArray[] | undefined): void {
  if (expected !== undefined) outputs.forEach((output) => wantedFor(output, expected, outputs.length === 1));
}

/**
 * Holds every output against what was expected, value by value. Throws ADC1105 where shapes differ, or where an expected
 * value is none that the output's type has.
 */
export function compareOutputs(outputs: readonly NamedArray[], expected: readonly NamedArray[] | undefined): SimulatedOutput[] {
  return outputs.map((values) => {
    const { name } = values;
    if (expected === undefined) return { name, values };
    const wanted = convertElements(wantedFor(values, expected, outputs.length === 1), values.elementType);
    let mismatches = 0;
    let firstMismatch: SimulatedOutput['firstMismatch'];
    for (let position = 0; position < values.data.length; position++) {
      const simulated = values.data[position];
      const wantedValue = wanted.data[position];
      if (same(simulated, wantedValue)) continue;
      mismatches++;
      firstMismatch ??= { index: indexOf(position, values.shape), expected: Number(wantedValue), simulated: Number(simulated) };
    }
    return { name, values, mismatches, ...(firstMismatch === undefined ? {} : { firstMismatch }) };
  });
}
