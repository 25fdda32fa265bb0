import {
  arrayFor,
  ChipError,
  convertElements,
  isSameShape,
  type NamedArray,
  type SimulatedOutput,
} from '@autodnnchip/core';

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

/**
 * The values that an output must equal; undefined where none are given. Throws ADC1105 where they have another shape.
 */
function wantedFor(
  { name, shape }: NamedArray,
  names: readonly string[],
  expected: readonly NamedArray[],
): NamedArray | undefined {
  const wanted = arrayFor(name, names, expected);
  if (wanted === undefined || isSameShape(wanted.shape, shape)) return wanted;
  throw new ChipError(
    'ADC1105',
    `The expected values for the output ${name} have the shape [${wanted.shape.join(', ')}]; the chip gives [${shape.join(', ')}].`,
    {
      location: { node: name },
      hint: 'Choose another array with FILE.npz:KEY.',
    },
  );
}

/** Throws what `compareOutputs` would throw for outputs of these names and shapes. */
export function checkExpected(outputs: readonly NamedArray[], expected: readonly NamedArray[] | undefined): void {
  if (expected === undefined) return;
  const names = outputs.map(({ name }) => name);
  const wanted = outputs.map(output => wantedFor(output, names, expected));
  const isUseless = ({ name, chosen }: NamedArray): boolean =>
    chosen === true && !wanted.some(array => array?.name === name);
  const useless = wanted.every(array => array === undefined) ? expected[0] : expected.find(isUseless);
  if (useless === undefined) return;
  throw new ChipError('ADC1105', `The expected values '${useless.name}' are for no output of the network.`, {
    location: { node: useless.name },
    hint: `Give arrays of the outputs' names: ${names.join(', ')}. Given: ${expected.map(({ name }) => name).join(', ')}.`,
  });
}

/**
 * Holds every output against what was expected, value by value; one that nothing is given for is not compared. Throws
 * ADC1105 where shapes differ, or where an expected value is none that the output's type has.
 */
export function compareOutputs(
  outputs: readonly NamedArray[],
  expected: readonly NamedArray[] | undefined,
): SimulatedOutput[] {
  checkExpected(outputs, expected);
  const names = outputs.map(({ name }) => name);
  return outputs.map(values => {
    const { name } = values;
    const given = expected === undefined ? undefined : wantedFor(values, names, expected);
    if (given === undefined) return { name, values };
    const wanted = convertElements(given, values.elementType);
    let mismatches = 0;
    let firstMismatch: SimulatedOutput['firstMismatch'];
    for (let position = 0; position < values.data.length; position++) {
      const simulated = values.data[position];
      const wantedValue = wanted.data[position];
      if (same(simulated, wantedValue)) continue;
      mismatches++;
      firstMismatch ??= {
        index: indexOf(position, values.shape),
        expected: Number(wantedValue),
        simulated: Number(simulated),
      };
    }
    return { name, values, mismatches, ...(firstMismatch === undefined ? {} : { firstMismatch }) };
  });
}
