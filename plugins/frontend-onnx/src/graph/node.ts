import type { ChipError } from '@autodnnchip/core';
import { invalidGraph, shapeMismatch } from '../errors.js';
import { limits } from '../limits.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from '../protobuf/model.js';
import type { Constant, TensorType } from '../tensors/constant.js';
import type { Value } from './value.js';

/** Thrown inside shape rules when an input's shape is not known; the node then becomes an operator of unknown shape. */
export class UnknownInput extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** One node of the graph with what is known of its inputs: what shape, folding and translation rules look at. */
export class GraphNode {
  readonly operator: string;

  constructor(
    readonly file: string,
    /** Unique in the network. */
    readonly name: string,
    private readonly source: OnnxNode,
    readonly inputs: readonly (Value | undefined)[],
    /** Version of the operator set that the node's operator comes from. */
    readonly operatorSet: number,
    /** Whether a node or the graph's outputs read a value. */
    private readonly isRead: (value: string) => boolean,
    /** The constant of a tensor attribute. */
    private readonly constantOf: (tensor: OnnxTensor) => Constant,
  ) {
    this.operator = source.operator;
  }

  /** The same node with other knowledge of its inputs. */
  withInputs(inputs: readonly (Value | undefined)[]): GraphNode {
    return new GraphNode(this.file, this.name, this.source, inputs, this.operatorSet, this.isRead, this.constantOf);
  }

  get outputs(): readonly string[] {
    return this.source.outputs;
  }

  /** Whether anything reads result `index`: exporters name results that nobody wants, such as the mask of a Dropout. */
  isAskedFor(index: number): boolean {
    const name = this.source.outputs[index] ?? '';
    return name !== '' && this.isRead(name);
  }

  /** Whether anything reads a result after the first. */
  get hasFurtherResults(): boolean {
    return this.source.outputs.some((_, index) => index > 0 && this.isAskedFor(index));
  }

  get attributes(): ReadonlyMap<string, OnnxAttribute> {
    return this.source.attributes;
  }

  /** An error about shapes or attributes, at this node. */
  error(
    what: string,
    hint = 'Check the node in the exporter or in a viewer such as Netron, and export the model again.',
  ): ChipError {
    return shapeMismatch(this.file, this.name, this.operator, what, hint, this.source.byteOffset);
  }

  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  input(index: number): Value {
    const value = this.inputs[index];
    if (value === undefined)
      throw invalidGraph(
        this.file,
        `${this.operator} '${this.name}' lacks its input ${index}.`,
        this.name,
        this.source.byteOffset,
      );
    return value;
  }

  type(index: number): TensorType {
    const { type, tensor } = this.input(index);
    if (type === undefined) throw new UnknownInput(`the shape of its input '${tensor}' is not known`);
    return type;
  }

  shape(index: number): readonly number[] {
    return this.type(index).shape;
  }

  constant(index: number): Constant | undefined {
    return this.inputs[index]?.constant;
  }

  /** Values of a constant input that shapes depend on. */
  numbers(index: number): number[] {
    const { constant, tensor } = this.input(index);
    if (constant !== undefined && constant.size > limits.attributeElements)
      throw this.error(`its input '${tensor}' has ${constant.size} elements`);
    const numbers = constant?.numbers();
    if (numbers === undefined)
      throw new UnknownInput(
        `its input '${tensor}' is ${constant === undefined ? 'computed' : 'not there'}, but the shape of the result depends on it`,
      );
    return numbers;
  }

  integer(name: string, otherwise: number): number {
    return this.attribute(name, 'integer')?.value ?? otherwise;
  }

  integers(name: string): readonly number[] | undefined {
    return this.attribute(name, 'integers')?.value;
  }

  floats(name: string): readonly number[] | undefined {
    return this.attribute(name, 'floats')?.value;
  }

  float(name: string, otherwise: number): number {
    return this.attribute(name, 'float')?.value ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    return this.attribute(name, 'string')?.value ?? otherwise;
  }

  tensor(name: string): Constant | undefined {
    const attribute = this.attribute(name, 'tensor');
    return attribute === undefined ? undefined : this.constantOf(attribute.value);
  }

  /** Graphs among the attributes, by the attribute's name. */
  graphs(): readonly (readonly [string, OnnxGraph])[] {
    return [...this.attributes].flatMap(([name, attribute]) =>
      attribute.kind === 'graph' ? [[name, attribute.value] as const] : [],
    );
  }

  /** Integers given as an attribute in old operator sets and as a constant input in newer ones. */
  integersOrInput(name: string, index: number): readonly number[] | undefined {
    return this.integers(name) ?? (this.has(index) ? this.numbers(index) : undefined);
  }

  /** An axis counted from the front; negative ones count from the back. */
  axis(axis: number, rank: number): number {
    const result = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(result) || result < 0 || result >= Math.max(rank, 1))
      throw this.error(`axis ${axis} does not exist in ${rank} dimensions`);
    return result;
  }

  /** Axes as `axis` gives them; each may be named once. */
  axes(axes: readonly number[], rank: number): number[] {
    const result = axes.map(axis => this.axis(axis, rank));
    if (new Set(result).size !== result.length) throw this.error(`axes [${axes.join(', ')}] name a dimension twice`);
    return result;
  }

  private attribute<Kind extends OnnxAttribute['kind']>(
    name: string,
    kind: Kind,
  ): Extract<OnnxAttribute, { readonly kind: Kind }> | undefined {
    const attribute = this.source.attributes.get(name);
    if (attribute !== undefined && attribute.kind !== kind)
      throw this.error(`attribute '${name}' is ${attribute.kind} instead of ${kind}`);
    return attribute as Extract<OnnxAttribute, { readonly kind: Kind }> | undefined;
  }
}
