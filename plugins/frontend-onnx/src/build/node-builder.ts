import { elementCount, type OperatorKind, type Quantization } from '@autodnnchip/core';
import { unusableQuantization } from '../errors.js';
import type { GraphNode } from '../graph/node.js';
import { Refusal, type Value } from '../graph/value.js';
import { Constant, type TensorType } from '../tensors/constant.js';
import { transposeData } from '../tensors/pick.js';
import type { NetworkBuilder, OperatorOfKind } from './network-builder.js';
import { quantizationText, type QuantizationInputs, readQuantization } from './quantization.js';

/** What translation rules add to the network with: the builder as seen from one node. */
export class NodeBuilder {
  private passed: Value | undefined;

  constructor(
    private readonly node: GraphNode,
    readonly network: NetworkBuilder,
    readonly results: readonly TensorType[],
  ) {}

  /** Value that the node's first result stands for when the rule removed the node. */
  get passedThrough(): Value | undefined {
    return this.passed;
  }

  input(index: number): string {
    return this.network.use(this.node.input(index));
  }

  /** The tensor of a result. */
  output(index = 0): string {
    return this.network.declare(
      this.node.outputs[index] || this.network.freshName(`${this.node.name}_unused`),
      this.results[index],
    );
  }

  /** Removes the node: its first result is its input `index`. */
  pass(index = 0): undefined {
    this.passed = this.node.input(index);
    return undefined;
  }

  /** Makes the node's first result stand for a tensor that a rule derived. */
  passTensor(tensor: string): undefined {
    this.passed = this.valueOf(tensor);
    return undefined;
  }

  /** A tensor of the network as a value. */
  valueOf(tensor: string): Value {
    const draft = this.network.tensors.get(tensor);
    return { tensor, type: draft?.type, ...(draft?.constant === undefined ? {} : { constant: draft.constant }) };
  }

  /** Adds an operator named after the node; `part` tells apart several operators of one node. */
  emit<Kind extends OperatorKind>(
    kind: Kind,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: OperatorOfKind<Kind>['attributes'],
    part?: string,
  ): undefined {
    const name = part === undefined ? this.node.name : this.network.operatorName(`${this.node.name}/${part}`);
    this.network.add({
      name,
      kind,
      inputs,
      outputs,
      attributes,
      sourceType: this.node.operator,
    } as unknown as OperatorOfKind<Kind>);
    return undefined;
  }

  /** A tensor between two operators of this node. */
  intermediate(base: string, type: TensorType): string {
    return this.network.declare(this.network.freshName(base), type);
  }

  /** Reads parameters among the inputs and puts them on a tensor; gives the tensor to use, or a refusal. */
  quantized(tensor: string, places: QuantizationInputs): string | Refusal {
    const type = this.network.tensors.get(tensor)?.type;
    if (type === undefined) return tensor;
    const quantization = readQuantization(this.node, places, type);
    if (quantization === undefined || quantization instanceof Refusal) return quantization ?? tensor;
    return this.setQuantization(tensor, quantization);
  }

  setQuantization(tensor: string, quantization: Quantization): string {
    const name = this.network.quantize(tensor, quantization, this.node.name);
    if (name !== undefined) return name;
    const present = this.network.tensors.get(tensor);
    const before = present?.quantization === undefined ? 'none' : quantizationText(present.quantization);
    throw unusableQuantization(
      this.node.file,
      this.node.name,
      `${this.node.operator} reads tensor '${tensor}' with ${quantizationText(quantization)}, but '${present?.quantizedBy ?? 'another operator'}' gives it ${before}`,
      'The model contradicts itself: quantise it again so that every tensor has one scale and zero point.',
    );
  }

  /** Whether a value is a constant, or a constant integer tensor that is dequantised. */
  isWeight(value: Value): boolean {
    return value.constant !== undefined || this.dequantizedConstant(value.tensor) !== undefined;
  }

  /** A constant, or a dequantised constant, with its dimensions in another order; undefined for computed values. */
  permutedWeight(value: Value, permutation: readonly number[]): string | undefined {
    if (permutation.every((axis, index) => axis === index))
      return this.isWeight(value) ? this.network.use(value) : undefined;
    const suffix = `transposed_${permutation.join('_')}`;
    if (value.constant !== undefined)
      return this.permutedConstant(this.network.use(value), value.constant, permutation, suffix);
    return this.movedDequantize(
      value,
      suffix,
      shape => permutation.map(axis => shape[axis]),
      (source, constant) => this.permutedConstant(source, constant, permutation, suffix),
    );
  }

  /**
   * A dequantised constant in another shape; undefined for other values, and where scales run along a dimension that is
   * not kept.
   */
  reshapedWeight(value: Value, shape: readonly number[]): string | undefined {
    const source = this.dequantizedConstant(value.tensor)?.inputs[0];
    const draft = source === undefined ? undefined : this.network.tensors.get(source);
    if (draft?.constant === undefined) return undefined;
    const { constant, quantization } = draft;
    const axis =
      quantization?.axis === undefined ? undefined : placeOfDimension(constant.shape, quantization.axis, shape);
    if (axis === undefined && quantization?.axis !== undefined) return undefined;
    const suffix = `reshaped_${shape.join('_')}`;
    return this.movedDequantize(
      value,
      suffix,
      () => shape,
      tensor => {
        const name = this.network.derivedConstant(
          `${tensor}_${suffix}`,
          () => new Constant(constant.elementType, shape, () => constant.data()),
        );
        return quantization === undefined
          ? name
          : this.setQuantization(name, {
              scales: quantization.scales,
              zeroPoints: quantization.zeroPoints,
              ...(axis === undefined ? {} : { axis }),
            });
      },
    );
  }

  /** The dequantize operator of a constant, on what `move` makes of the constant. */
  private movedDequantize(
    value: Value,
    suffix: string,
    shapeOf: (shape: readonly number[]) => readonly number[],
    move: (source: string, constant: Constant) => string,
  ): string | undefined {
    const dequantized = this.dequantizedConstant(value.tensor);
    const type = this.network.tensors.get(value.tensor)?.type;
    if (dequantized === undefined || type === undefined) return undefined;
    const [source] = dequantized.inputs;
    const constant = this.network.tensors.get(source)?.constant;
    if (constant === undefined) return undefined;
    const input = move(source, constant);
    const output = this.network.derivedResult(`${value.tensor}_${suffix}`, {
      elementType: type.elementType,
      shape: shapeOf(type.shape),
    });
    if (this.network.maker(output) === undefined) {
      this.network.add({
        ...dequantized,
        name: this.network.operatorName(`${dequantized.name}/${suffix}`),
        inputs: [input],
        outputs: [output],
      });
    }
    return output;
  }

  private permutedConstant(tensor: string, constant: Constant, permutation: readonly number[], suffix: string): string {
    const name = this.network.derivedConstant(
      `${tensor}_${suffix}`,
      () =>
        new Constant(
          constant.elementType,
          permutation.map(axis => constant.shape[axis]),
          () => {
            const data = constant.data();
            return data === undefined
              ? undefined
              : transposeData(constant.elementType, data, constant.shape, permutation);
          },
        ),
    );
    const quantization = this.network.tensors.get(tensor)?.quantization;
    if (quantization === undefined) return name;
    const axis = quantization.axis === undefined ? {} : { axis: permutation.indexOf(quantization.axis) };
    return this.setQuantization(name, { scales: quantization.scales, zeroPoints: quantization.zeroPoints, ...axis });
  }

  private dequantizedConstant(tensor: string): OperatorOfKind<'dequantize'> | undefined {
    const maker = this.network.maker(tensor);
    return maker?.kind === 'dequantize' && this.network.tensors.get(maker.inputs[0])?.constant !== undefined
      ? maker
      : undefined;
  }
}

/** Where a dimension lies in another shape of the same elements; undefined where it is joined with others, or cut. */
function placeOfDimension(from: readonly number[], axis: number, to: readonly number[]): number | undefined {
  const [outer, extent] = [elementCount(from.slice(0, axis)), from[axis]];
  const place = to.findIndex((size, index) => size === extent && elementCount(to.slice(0, index)) === outer);
  return place < 0 ? undefined : place;
}
