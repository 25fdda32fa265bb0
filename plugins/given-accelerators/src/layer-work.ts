import { elementCount, type LayerKind, type LayerWork, type Network, type NetworkWork, type NotCosted, type Operator } from '@autodnnchip/core';

export type { LayerKind, LayerWork, NetworkWork } from '@autodnnchip/core';

/** Element-wise operators that run in the output stage of the layer before them, when it has no other reader. */
const fusable: ReadonlySet<Operator['kind']> = new Set(['unary', 'clip', 'batchNormalization', 'quantize', 'dequantize', 'requantize', 'pad']);
/** Operators that move nothing: another view of the same values. */
const views: ReadonlySet<Operator['kind']> = new Set(['reshape', 'quantize', 'dequantize']);
/** Operators of model files that pass values on at inference. */
const passThrough: ReadonlySet<string> = new Set(['Dropout', 'Identity']);

/** Fuses what accelerators fuse, and lists the layers that remain. */
export function networkWork(network: Network): NetworkWork {
  const readers = countReaders(network);
  const madeBy = new Map<string, number>();
  const layers: LayerWork[] = [];
  const notCosted: NotCosted[] = [];
  for (const operator of network.operators) {
    const computed = operator.inputs.filter((name) => network.tensors.get(name)?.role !== 'constant');
    const producer = madeBy.get(computed[0] ?? '') ?? -1;
    const alone = (readers.get(computed[0] ?? '') ?? 0) === 1;
    const scaling = isScaling(operator, computed.length);
    const fused = producer >= 0 && alone && (fusable.has(operator.kind) || scaling) && layers[producer].kind !== 'concat' && layers[producer].kind !== 'pool';
    const free = views.has(operator.kind) || passThrough.has(operator.sourceType) || operator.kind === 'pad' || computed.length === 0;
    if (fused || free) {
      for (const output of operator.outputs) madeBy.set(output, producer);
      continue;
    }
    const work = describe(operator, network, computed, computed.map((name) => madeBy.get(name) ?? -1));
    if (work === undefined) {
      notCosted.push({ name: operator.name, operator: operator.sourceType, reason: 'no model of this platform covers this kind of operator' });
      for (const output of operator.outputs) madeBy.set(output, producer);
      continue;
    }
    for (const output of operator.outputs) madeBy.set(output, layers.length);
    layers.push(work);
  }
  return { layers, notCosted, inputElements: sumOf(network, network.inputs), outputElements: sumOf(network, network.outputs) };
}

function countReaders(network: Network): ReadonlyMap<string, number> {
  const readers = new Map<string, number>();
  for (const { inputs } of network.operators) {
    for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  return readers;
}

function sumOf(network: Network, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + elementCount(network.tensors.get(name)?.shape ?? []), 0);
}

/** Element-wise with constants only: a scaling or a shift. */
function isScaling(operator: Operator, computed: number): boolean {
  return operator.kind === 'binary' && computed === 1;
}

function describe(operator: Operator, network: Network, computed: readonly string[], producers: readonly number[]): LayerWork | undefined {
  const kind = kindOf(operator, network);
  if (kind === undefined) return undefined;
  const input = network.tensors.get(computed[0])?.shape ?? [];
  const output = network.tensors.get(operator.outputs[0])?.shape ?? [];
  const constants = operator.inputs.filter((name) => !computed.includes(name));
  const weight = network.tensors.get(constants[0] ?? '')?.shape ?? [];
  const window = 'kernel' in operator.attributes ? operator.attributes : undefined;
  const weighted = kind === 'convolution' || kind === 'depthwise' || kind === 'transposedConvolution' || kind === 'fullyConnected';
  const kernel: readonly number[] = operator.kind === 'globalAveragePool' ? [input[2] ?? 1, input[3] ?? 1]
    : window?.kernel ?? (kind === 'transposedConvolution' ? weight.slice(2) : [1, 1]);
  const groups = operator.kind === 'conv' ? operator.attributes.group : 1;
  const outputElements = elementCount(output);
  const multiplyAccumulates = kind === 'transposedConvolution' ? elementCount(weight) * (input[2] ?? 1) * (input[3] ?? 1)
    : weighted ? outputElements * elementCount(weight.slice(1)) : 0;
  return {
    name: operator.name, operator: operator.sourceType, kind, groups,
    inputChannels: input[1] ?? 1, outputChannels: output[1] ?? 1,
    inputRows: input[2] ?? 1, inputColumns: input[3] ?? 1,
    outputRows: output[2] ?? 1, outputColumns: output[3] ?? 1,
    kernelRows: kernel[0] ?? 1, kernelColumns: kernel[1] ?? 1,
    stride: window?.stride[0] ?? strideOf(operator),
    multiplyAccumulates, inputElements: sumOf(network, computed), outputElements,
    weightElements: sumOf(network, constants.filter((name) => weighted || name !== constants[0] || operator.kind !== 'other')),
    producers, inputMapElements: computed.map((name) => elementCount(network.tensors.get(name)?.shape ?? [])),
  };
}

function strideOf(operator: Operator): number {
  if (operator.kind !== 'other') return 1;
  const strides = operator.attributes.values['strides'];
  return Array.isArray(strides) && typeof strides[0] === 'number' ? strides[0] : 1;
}

function kindOf(operator: Operator, network: Network): LayerKind | undefined {
  switch (operator.kind) {
    case 'conv': {
      const { group } = operator.attributes;
      const channels = network.tensors.get(operator.inputs[0])?.shape[1] ?? 1;
      return group > 1 && group === channels ? 'depthwise' : 'convolution';
    }
    case 'fullyConnected': return 'fullyConnected';
    case 'maxPool': case 'averagePool': case 'globalAveragePool': return 'pool';
    case 'binary': case 'unary': case 'clip': case 'batchNormalization': case 'softmax': case 'requantize': return 'elementwise';
    case 'concat': case 'transpose': case 'spaceToDepth': return 'concat';
    default: return operator.sourceType === 'ConvTranspose' ? 'transposedConvolution'
      : operator.sourceType === 'LRN' || operator.sourceType === 'Resize' ? 'elementwise'
      : operator.sourceType === 'ReduceMean' ? 'pool' : operator.sourceType === 'Slice' || operator.sourceType === 'Split' ? 'concat' : undefined;
  }
}
