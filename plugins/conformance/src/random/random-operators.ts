import type { NetworkDraft, Value } from './network-draft.js';

function windowFor(
  draft: NetworkDraft,
  x: Value,
  largest: number,
): {
  kernel: [number, number];
  stride: [number, number];
  dilation: [number, number];
  padding: [number, number, number, number];
  height: number;
  width: number;
} {
  const { draw } = draft;
  const axis = (
    extent: number,
  ): { kernel: number; stride: number; dilation: number; before: number; after: number; output: number } => {
    const dilation = draw.integer(0, 4) === 0 ? 2 : 1;
    const kernel = draw.integer(1, largest);
    const reach = (kernel - 1) * dilation;
    const before = draw.integer(0, Math.min(reach, 2));
    const after = Math.max(draw.integer(0, Math.min(reach, 2)), reach + 1 - extent - before);
    if (after > reach) return { kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, output: extent };
    const stride = draw.integer(1, 3);
    return {
      kernel,
      stride,
      dilation,
      before,
      after,
      output: Math.floor((extent + before + after - reach - 1) / stride) + 1,
    };
  };
  const y = axis(x.height);
  const z = axis(x.width);
  return {
    kernel: [y.kernel, z.kernel],
    stride: [y.stride, z.stride],
    dilation: [y.dilation, z.dilation],
    padding: [y.before, z.before, y.after, z.after],
    height: y.output,
    width: z.output,
  };
}

function convolution(draft: NetworkDraft, x: Value, outputChannels: number, group: number): void {
  const { draw } = draft;
  const { height, width, ...window } = windowFor(draft, x, 5);
  const index = draft.operators.length;
  const type = draw.integer(0, 3) === 0 ? 'uint8' : 'int8';
  const scales = draw.integer(0, 1) === 0 ? 1 : outputChannels;
  const shape = [outputChannels, x.channels / group, ...window.kernel];
  const weights = draft.constant(`w${index}`, shape, type, {
    scales: Float32Array.from({ length: scales }, () => draw.integer(1, 3000) / 400000),
    zeroPoints: Int32Array.from({ length: scales }, () => (type === 'uint8' ? draw.pick([0, 100, 128, 255]) : 0)),
    ...(scales === 1 ? {} : { axis: 0 }),
  });
  const bias = draw.integer(0, 1) === 0 ? [] : [draft.constant(`b${index}`, [outputChannels], 'int32')];
  const y = draft.add(outputChannels, height, width);
  const clamp = draw.integer(0, 2) === 0 ? { clamp: { low: draw.integer(-20, 10), high: draw.integer(20, 300) } } : {};
  draft.operators.push({
    kind: 'conv',
    inputs: [x.name, weights, ...bias],
    outputs: [y.name],
    attributes: { ...window, group, ...clamp },
  });
}

export function addConv(draft: NetworkDraft, x: Value): void {
  convolution(draft, x, draft.draw.integer(1, 70), 1);
}

export function addDepthwise(draft: NetworkDraft, x: Value): void {
  convolution(draft, x, x.channels * draft.draw.pick([1, 1, 2, 3]), x.channels);
}

export function addGrouped(draft: NetworkDraft, x: Value): void {
  const groups = draft.draw.pick([2, 3, 4, 5, 8].filter(count => x.channels % count === 0).concat(1));
  convolution(draft, x, groups * draft.draw.integer(1, 14), groups);
}

export function addPool(draft: NetworkDraft, x: Value): void {
  const { height, width, ...window } = windowFor(draft, x, 3);
  const y = draft.add(x.channels, height, width, x);
  draft.operators.push({ kind: 'maxPool', inputs: [x.name], outputs: [y.name], attributes: window });
}

export function addMean(draft: NetworkDraft, x: Value): void {
  const y = draft.add(x.channels, 1, 1);
  draft.operators.push({ kind: 'globalAveragePool', inputs: [x.name], outputs: [y.name], attributes: {} });
}

export function addSum(draft: NetworkDraft, x: Value): void {
  const other = draft.draw.pick(
    draft.values.filter(value => value.channels === x.channels && value.height === x.height && value.width === x.width),
  );
  const y = draft.add(x.channels, x.height, x.width);
  draft.operators.push({
    kind: 'binary',
    inputs: [x.name, other.name],
    outputs: [y.name],
    attributes: { function: 'add' },
  });
}

export function addConcat(draft: NetworkDraft, x: Value): void {
  const fitting = draft.values.filter(value => value.height === x.height && value.width === x.width);
  const parts = Array.from({ length: draft.draw.integer(1, 3) }, () => draft.draw.pick(fitting));
  const y = draft.add(
    parts.reduce((sum, part) => sum + part.channels, 0),
    x.height,
    x.width,
    draft.draw.integer(0, 1) === 0 ? x : undefined,
  );
  draft.operators.push({
    kind: 'concat',
    inputs: parts.map(part => part.name),
    outputs: [y.name],
    attributes: { axis: 1 },
  });
}

export function addReorg(draft: NetworkDraft, x: Value): void {
  const block = draft.draw.pick([1, 2, 3].filter(size => x.height % size === 0 && x.width % size === 0));
  const y = draft.add(x.channels * block * block, x.height / block, x.width / block, x);
  draft.operators.push({
    kind: 'spaceToDepth',
    inputs: [x.name],
    outputs: [y.name],
    attributes: { block, order: draft.draw.pick(['blocksFirst', 'channelsFirst'] as const) },
  });
}

export function addRequantize(draft: NetworkDraft, x: Value): void {
  const y = draft.add(x.channels, x.height, x.width);
  draft.operators.push({ kind: 'requantize', inputs: [x.name], outputs: [y.name], attributes: {} });
}

export function addFullyConnected(draft: NetworkDraft, x: Value): void {
  const { draw } = draft;
  const index = draft.operators.length;
  const length = x.channels * x.height * x.width;
  const flat = `flat${index}`;
  draft.tensors[flat] = { shape: [1, length], type: x.type, quantization: x.quantization };
  draft.operators.push({ kind: 'reshape', inputs: [x.name], outputs: [flat], attributes: {} });
  const outputs = draw.integer(1, 40);
  const weights = draft.constant(`w${index}`, [outputs, length], 'int8', {
    scales: Float32Array.of(draw.integer(1, 3000) / 400000),
    zeroPoints: Int32Array.of(0),
  });
  const y = draft.add(outputs, 1, 1);
  // Not among the feature maps.
  draft.values.pop();
  draft.tensors[y.name] = { ...draft.tensors[y.name], shape: [1, outputs] };
  draft.operators.push({ kind: 'fullyConnected', inputs: [flat, weights], outputs: [y.name], attributes: {} });
  // Back to a feature map, so that any layer may follow.
  const map = draft.add(outputs, 1, 1, y);
  draft.operators.push({ kind: 'reshape', inputs: [y.name], outputs: [map.name], attributes: {} });
}
