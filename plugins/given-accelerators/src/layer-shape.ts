import {
  elementCount,
  multiplyAccumulatesOf,
  productOf,
  type LayerKind,
  type LayerWork,
  type Operator,
  type PlacedNetwork,
  type Product,
  type WindowAttributes,
} from '@autodnnchip/core';

/** Sizes of a layer, with everything that has no place among rows, columns and channels folded into one of them. */
export type LayerShape = Pick<
  LayerWork,
  | 'groups'
  | 'inputChannels'
  | 'outputChannels'
  | 'inputRows'
  | 'inputColumns'
  | 'outputRows'
  | 'outputColumns'
  | 'kernelRows'
  | 'kernelColumns'
  | 'strideRows'
  | 'strideColumns'
  | 'dilationRows'
  | 'dilationColumns'
>;

/** A map as channels of rows and columns: batch and depth lie among the rows. */
interface FoldedMap {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

const single: Omit<
  LayerShape,
  'inputChannels' | 'outputChannels' | 'inputRows' | 'inputColumns' | 'outputRows' | 'outputColumns'
> = {
  groups: 1,
  kernelRows: 1,
  kernelColumns: 1,
  strideRows: 1,
  strideColumns: 1,
  dilationRows: 1,
  dilationColumns: 1,
};

/**
 * The sizes of an operator for one of `images` inputs. Undefined where it cannot be cut into that many (its leading
 * extent is another) or where a shape is not known.
 */
export function layerShape(
  operator: Operator,
  kind: LayerKind,
  computed: readonly string[],
  network: PlacedNetwork,
  images: number,
): LayerShape | undefined {
  const product = productOf(operator);
  if (product !== undefined)
    return product.form === 'matrix'
      ? matrixShape(operator, product, network, images)
      : convolutionShape(operator, product, network, images);
  const input = foldedMap(network.tensors.get(computed[0] ?? operator.inputs[0])?.shape ?? [], images);
  const output = foldedMap(network.tensors.get(operator.outputs[0])?.shape ?? [], images);
  const window =
    kind === 'pool'
      ? poolWindow(operator, input, output, network)
      : isBilinear(operator)
        ? { kernelRows: 2, kernelColumns: 2 }
        : {};
  return { ...single, ...mapSizes(input, output), ...window };
}

/** Interpolation between the four pixels around. */
function isBilinear(operator: Operator): boolean {
  return (
    operator.kind === 'other' && operator.sourceType === 'Resize' && operator.attributes.values['mode'] === 'linear'
  );
}

function mapSizes(
  input: FoldedMap,
  output: FoldedMap,
): Pick<
  LayerShape,
  'inputChannels' | 'outputChannels' | 'inputRows' | 'inputColumns' | 'outputRows' | 'outputColumns'
> {
  return {
    inputChannels: input.channels,
    inputRows: input.rows,
    inputColumns: input.columns,
    outputChannels: output.channels,
    outputRows: output.rows,
    outputColumns: output.columns,
  };
}

function foldedMap(shape: readonly number[], images: number): FoldedMap {
  const [batch = 1, channels = 1] = shape;
  if (shape.length < 2 || batch % images !== 0) return { channels: elementCount(shape) / images, rows: 1, columns: 1 };
  const spatial = shape.slice(2);
  return {
    channels,
    rows: (batch / images) * elementCount(spatial.slice(0, -1)),
    columns: spatial[spatial.length - 1] ?? 1,
  };
}

/**
 * Rows and columns of the window; all dimensions before the last two fold into the rows. A reduction has its terms as
 * taps.
 */
function poolWindow(
  operator: Operator,
  input: FoldedMap,
  output: FoldedMap,
  { tensors }: PlacedNetwork,
): Partial<LayerShape> {
  if (operator.kind === 'maxPool' || operator.kind === 'averagePool') return sizesOf(operator.attributes);
  const spatial = (tensors.get(operator.inputs[0])?.shape ?? []).slice(2);
  if (operator.kind === 'globalAveragePool')
    return { kernelRows: elementCount(spatial.slice(0, -1)), kernelColumns: spatial[spatial.length - 1] ?? 1 };
  const kernel = integers(operator, 'kernel_shape', []);
  if (kernel.length > 0) return windowSizes(operator, kernel);
  const elements = ({ channels, rows, columns }: FoldedMap): number => channels * rows * columns;
  return { kernelRows: Math.max(1, Math.round(elements(input) / Math.max(1, elements(output)))) };
}

type WindowSizes = Pick<
  LayerShape,
  'kernelRows' | 'kernelColumns' | 'strideRows' | 'strideColumns' | 'dilationRows' | 'dilationColumns'
>;

function sizesOf({ kernel, stride, dilation }: WindowAttributes): WindowSizes {
  return {
    kernelRows: kernel[0],
    kernelColumns: kernel[1],
    strideRows: stride[0],
    strideColumns: stride[1],
    dilationRows: dilation[0],
    dilationColumns: dilation[1],
  };
}

/** The window of an operator that is kept as the file has it, in any number of dimensions. */
function windowSizes(operator: Operator, kernel: readonly number[]): WindowSizes {
  const [strides, dilations] = ['strides', 'dilations'].map(name =>
    integers(
      operator,
      name,
      kernel.map(() => 1),
    ),
  );
  const last = (list: readonly number[], place: number): number => list[list.length - place] ?? 1;
  return {
    kernelRows: last(kernel, 2),
    kernelColumns: last(kernel, 1),
    strideRows: last(strides, 2),
    strideColumns: last(strides, 1),
    dilationRows: last(dilations, 2),
    dilationColumns: last(dilations, 1),
  };
}

function integers(operator: Operator, name: string, otherwise: readonly number[]): readonly number[] {
  const list = operator.kind === 'other' ? operator.attributes.values[name] : undefined;
  return Array.isArray(list) && list.every((entry): entry is number => typeof entry === 'number') ? list : otherwise;
}

/** Outputs of any depth are slices below each other; the taps of a kernel's depth lie side by side as channels. */
function convolutionShape(
  operator: Operator,
  { form, x, weight }: Product,
  { tensors }: PlacedNetwork,
  images: number,
): LayerShape | undefined {
  const [input, filter, output] = [x, weight, operator.outputs[0]].map(name => tensors.get(name)?.shape ?? []);
  if (input.length < 3 || input[0] % images !== 0) return undefined;
  const batch = input[0] / images;
  const group =
    operator.kind === 'conv'
      ? operator.attributes.group
      : operator.kind === 'other'
        ? (operator.attributes.values['group'] ?? 1)
        : 1;
  const window = operator.kind === 'conv' ? sizesOf(operator.attributes) : windowSizes(operator, filter.slice(2));
  const kernel = filter.slice(2);
  const deepTaps = elementCount(kernel.slice(0, -2));
  const rowsOf = (shape: readonly number[]): number => batch * elementCount(shape.slice(2, -1));
  const transposed = form === 'transposedConvolution';
  // A transposed convolution spreads each input over stride times as many outputs, in its depth too.
  const deepStride = transposed
    ? elementCount(
        integers(
          operator,
          'strides',
          kernel.map(() => 1),
        ).slice(0, -2),
      )
    : 1;
  return {
    ...window,
    strideRows: window.strideRows * deepStride,
    groups: Number(group),
    inputChannels: input[1] * deepTaps,
    inputRows: rowsOf(input),
    inputColumns: input[input.length - 1],
    outputChannels: output[1],
    outputRows: rowsOf(output),
    outputColumns: output[output.length - 1],
  };
}

/**
 * Rows of the product are pixels, in rows and columns as near to a square as they divide, so that the same product
 * written as a convolution of kernel 1 x 1 over a square map is the same layer. Matrices of a batch that have weights
 * of their own are groups.
 */
function matrixShape(
  operator: Operator,
  { x, weight, transposed }: Product,
  network: PlacedNetwork,
  images: number,
): LayerShape | undefined {
  const [left, right, output] = [x, weight, operator.outputs[0]].map(name => network.tensors.get(name)?.shape ?? []);
  const inner = transposed ? left[0] : left[left.length - 1];
  const terms = Math.max(1, inner);
  // Front ends give `fullyConnected` its weights as [K C]: there the columns are rows of the file's matrix.
  const columns = operator.kind === 'fullyConnected' ? right[0] : right.length === 1 ? 1 : output[output.length - 1];
  const matrices = operator.kind === 'fullyConnected' ? 1 : elementCount(right.slice(0, -2));
  const rows = elementCount(output) / Math.max(1, columns) / Math.max(1, matrices);
  const ofBatch = !network.isConstant(weight) && matrices % images === 0;
  const groups = ofBatch ? matrices / images : matrices;
  const ownRows = ofBatch ? rows : rows / images;
  if (!Number.isInteger(ownRows)) return undefined;
  const [mapRows, mapColumns] = nearSquare(ownRows);
  return {
    ...single,
    groups,
    inputChannels: groups * terms,
    outputChannels: groups * columns,
    inputRows: mapRows,
    inputColumns: mapColumns,
    outputRows: mapRows,
    outputColumns: mapColumns,
  };
}

/** Two factors of a number, the larger first, that differ least. */
function nearSquare(count: number): readonly [number, number] {
  for (let divisor = Math.floor(Math.sqrt(count)); divisor > 1; divisor -= 1)
    if (count % divisor === 0) return [count / divisor, divisor];
  return [count, 1];
}

/** Multiply-accumulates of one of `images` inputs; undefined where a shape is not known. */
export function ownMultiplyAccumulates(
  operator: Operator,
  { tensors }: PlacedNetwork,
  images: number,
): number | undefined {
  const all = multiplyAccumulatesOf(operator, tensors);
  return all === undefined ? undefined : all / images;
}
