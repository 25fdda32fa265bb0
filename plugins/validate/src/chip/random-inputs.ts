import {
  createRandom,
  createTensorData,
  dequantizeValue,
  elementCount,
  integerRange,
  type ElementType,
  type NamedArray,
  type Network,
  type Random,
  type Tensor,
} from '@autodnnchip/core';

/**
 * Values for every input of a network, the same for the same seed on every computer: integers over all that their type
 * holds, real numbers over what the network's own quantisation tells apart, and over [-1, 1) where it does not say.
 */
export function randomInputs(network: Network, seed: number): readonly NamedArray[] {
  const random = createRandom(seed);
  return network.inputs.flatMap(name => {
    const tensor = network.tensors.get(name);
    return tensor === undefined ? [] : [randomArray(tensor, realRange(network, tensor), random)];
  });
}

function randomArray(
  { name, shape, elementType }: Tensor,
  [low, high]: readonly [number, number],
  random: Random,
): NamedArray {
  const data = createTensorData(elementType, elementCount(shape));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let index = 0; index < data.length; index++) data[index] = BigInt(random.integer(2));
  } else if (isReal(elementType)) {
    for (let index = 0; index < data.length; index++) data[index] = low + (high - low) * random.next();
  } else {
    const range = elementType === 'bool' ? { low: 0, high: 1 } : (integerRange(elementType) ?? { low: 0, high: 1 });
    for (let index = 0; index < data.length; index++)
      data[index] = range.low + random.integer(range.high - range.low + 1);
  }
  return { name, shape, elementType, data };
}

function isReal(elementType: ElementType): boolean {
  return elementType === 'float32' || elementType === 'float16' || elementType === 'float64';
}

/** What the first operator that quantises an input can tell apart. */
function realRange(network: Network, { name }: Tensor): readonly [number, number] {
  const reader = network.operators.find(({ kind, inputs }) => kind === 'quantize' && inputs[0] === name);
  const quantized = reader === undefined ? undefined : network.tensors.get(reader.outputs[0]);
  const range = quantized === undefined ? undefined : integerRange(quantized.elementType);
  const scale = quantized?.quantization?.scales[0];
  if (range === undefined || scale === undefined) return [-1, 1];
  const zeroPoint = quantized?.quantization?.zeroPoints[0] ?? 0;
  return [dequantizeValue(range.low, scale, zeroPoint), dequantizeValue(range.high, scale, zeroPoint)];
}
