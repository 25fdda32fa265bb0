import {
  createTensorData,
  elementCount,
  type Network,
  type Operator,
  type Tensor,
  type TensorData,
} from '@autodnnchip/core';

/**
 * Gives a network that came without weights repeatable random ones, so that a full-size graph can be built and
 * simulated where its training is not the question. Weights are uniform with the variance that keeps activations in
 * range (He et al., 2015); batch normalisations get scales near 1 and offsets near 0; everything else is small.
 */
export function withRandomWeights(network: Network, seed: number): Network {
  const uses = new Map<string, { operator: Operator; index: number }>();
  for (const operator of network.operators)
    operator.inputs.forEach((name, index) => uses.set(name, { operator, index }));
  const tensors = new Map<string, Tensor>();
  let stream = 0;
  for (const [name, tensor] of network.tensors) {
    const use = uses.get(name);
    if (tensor.role !== 'constant' || tensor.data !== undefined || use === undefined) {
      tensors.set(name, tensor);
      continue;
    }
    stream++;
    tensors.set(name, { ...tensor, data: randomData(tensor, use.operator, use.index, uniform(seed, stream)) });
  }
  return { ...network, tensors, weightless: false };
}

function randomData(tensor: Tensor, operator: Operator, index: number, random: () => number): TensorData {
  const data = createTensorData(tensor.elementType, elementCount(tensor.shape));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return data;
  const [center, spread] = distribution(tensor, operator, index);
  for (let position = 0; position < data.length; position++) data[position] = center + spread * (2 * random() - 1);
  return data;
}

/** Centre and half width of a constant's values. */
function distribution(tensor: Tensor, operator: Operator, index: number): [number, number] {
  if (tensor.elementType !== 'float32') return [0, 127];
  if (operator.kind === 'batchNormalization') return index === 1 || index === 4 ? [1, 0.25] : [0, 0.1];
  if ((operator.kind === 'conv' || operator.kind === 'fullyConnected') && index === 1) {
    return [0, Math.sqrt(6 / Math.max(1, elementCount(tensor.shape.slice(1))))];
  }
  return [0, 0.1];
}

/** Uniform numbers in [0, 1): a 32-bit xorshift (Marsaglia, 2003) per stream. */
function uniform(seed: number, stream: number): () => number {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream, 0xc2b2ae35)) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
  for (let warmUp = 0; warmUp < 8; warmUp++) next();
  return next;
}
