import { isDepthwise, isMove } from './dpu-work.js';
import type { LayerWork } from './layer-work.js';
import { folds, type Facts } from './model.js';

const onProcessor = 'runs on the processor beside the core';

/**
 * UG1414 (Vitis AI user guide), Currently Supported Operators, column DPUCZDX8G; what is larger the compiler leaves to
 * the processor.
 */
const largestKernel = 16;
const largestStride = 8;
const largestPool = 8;
/**
 * Channels of a map, in groups of as many as the array is wide; of a fully connected layer's input (PG338, feature
 * support).
 */
const channelGroups = 256;
const vectorGroups = 2048;

/** Why the core does not take a layer of these sizes; undefined where it does. */
export function dpuLimit(layer: LayerWork, facts: Facts): string | undefined {
  const problem = problemOf(layer, facts);
  return problem === undefined ? undefined : `${onProcessor}: ${problem}`;
}

function problemOf(layer: LayerWork, facts: Facts): string | undefined {
  const width = facts['inputChannelParallelism'];
  const { kind, groups, inputChannels, outputChannels, kernelRows, kernelColumns, strideRows, strideColumns } = layer;
  const kernel = `${kernelRows} x ${kernelColumns}`;
  const larger = Math.max(kernelRows, kernelColumns);
  const channels = Math.max(inputChannels, outputChannels);
  if (kind === 'fullyConnected')
    return inputChannels > vectorGroups * width
      ? `its ${inputChannels} inputs are more than ${vectorGroups * width}`
      : undefined;
  if (kind === 'concat' && !isMove(layer)) return undefined;
  if (channels > channelGroups * width) return `its ${channels} channels are more than ${channelGroups * width}`;
  if (kind === 'elementwise' || kind === 'concat') return undefined;
  const stride = Math.max(strideRows, strideColumns);
  if (kind !== 'transposedConvolution' && stride > largestStride)
    return `its stride of ${stride} is larger than ${largestStride}`;
  if (kind === 'pool')
    return larger > largestPool ? `its window of ${kernel} is larger than ${largestPool} x ${largestPool}` : undefined;
  if (groups > 1 && !isDepthwise(layer)) return `its ${groups} groups are neither one nor one for each channel`;
  if (kind === 'transposedConvolution') {
    return Math.max(kernelRows / strideRows, kernelColumns / strideColumns) > largestKernel
      ? `its kernel of ${kernel} is larger than ${largestKernel} times its stride`
      : undefined;
  }
  if (larger > largestKernel) return `its kernel of ${kernel} is larger than ${largestKernel} x ${largestKernel}`;
  const dilation = Math.max(layer.dilationRows, layer.dilationColumns);
  if (dilation * inputChannels > channelGroups * width)
    return `its ${inputChannels} channels at a dilation of ${dilation} are more than ${channelGroups * width}`;
  const words = kernelRows * kernelColumns * folds(isDepthwise(layer) ? 1 : inputChannels, width);
  return words > facts['bankDepth']
    ? `its weights for ${width} outputs take ${words} words of banks that have ${facts['bankDepth']}`
    : undefined;
}
