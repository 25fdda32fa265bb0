import type { AttributeValue, Network, TensorData } from '@autodnnchip/core';
import { finishNetwork } from './build/finish-network.js';
import { NetworkBuilder } from './build/network-builder.js';
import { NodeBuilder } from './build/node-builder.js';
import { beyondLimit, invalidGraph } from './errors.js';
import type { ExternalData } from './files/external-data.js';
import { DeclaredTypes } from './graph/declared-types.js';
import { DimensionSizes } from './graph/dimensions.js';
import { GraphNode, UnknownInput } from './graph/node.js';
import { executionOrder } from './graph/order.js';
import { Refusal, type Value } from './graph/value.js';
import { checkVersions } from './graph/versions.js';
import { limits } from './limits.js';
import type { OperatorRule } from './operators/rule.js';
import { findRule } from './operators/table.js';
import type { OnnxModel, OnnxNode } from './protobuf/model.js';
import { checkElementCount } from './protobuf/read-tensor.js';
import { Constant, type TensorType } from './tensors/constant.js';
import { constantOf } from './tensors/read-values.js';

export interface ImportOptions {
  /** False leaves the values of constants out. */
  readonly weights: boolean;
  /** Sizes of symbolic dimensions by name. */
  readonly dimensions: Readonly<Record<string, number>>;
}

/** Translates a decoded model: orders its nodes, infers all shapes, folds what is constant, and maps operators. */
export function importGraph(model: OnnxModel, external: ExternalData, options: ImportOptions): Network {
  const notes = checkVersions(model);
  const importer = new GraphImporter(model, external, options);
  importer.readConstants();
  importer.readInputs();
  for (const node of importer.order()) importer.importNode(node);
  return importer.finish(notes);
}

class GraphImporter {
  private readonly values = new Map<string, Value>();
  private readonly builder: NetworkBuilder;
  private readonly sizes: DimensionSizes;
  private readonly declared: DeclaredTypes;
  private readonly inputs: string[] = [];
  private readonly read: ReadonlySet<string>;
  private readonly hasSubgraphs: boolean;
  private foldedElements = 0;

  constructor(private readonly model: OnnxModel, private readonly external: ExternalData, private readonly options: ImportOptions) {
    const { graph, file } = model;
    this.sizes = new DimensionSizes(file, options.dimensions);
    this.declared = new DeclaredTypes(file, graph, this.sizes);
    this.read = new Set([...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs.map(({ name }) => name)]);
    this.hasSubgraphs = graph.nodes.some(({ attributes }) => [...attributes.values()].some(({ kind }) => kind === 'unsupported'));
    this.builder = new NetworkBuilder([...graph.nodes.flatMap((node) => node.outputs), ...graph.inputs.map(({ name }) => name), ...graph.initializers.map(({ name }) => name)]);
  }

  readConstants(): void {
    for (const tensor of this.model.graph.initializers) {
      if (tensor.name === '' || this.values.has(tensor.name)) throw this.invalid(tensor.name === '' ? 'An initializer has no name.' : `There are two initializers named '${tensor.name}'.`, tensor.message.offset);
      const constant = constantOf(tensor, this.external);
      this.values.set(tensor.name, { tensor: tensor.name, type: constant, constant });
    }
  }

  /** Inputs that have an initializer are constants: older files list all of them. */
  readInputs(): void {
    const constants = new Set(this.values.keys());
    for (const input of this.model.graph.inputs) {
      if (constants.has(input.name)) continue;
      if (input.name === '' || this.values.has(input.name)) throw this.invalid(input.name === '' ? 'An input has no name.' : `There are two inputs named '${input.name}'.`, input.byteOffset);
      const type = this.sizes.inputType(input);
      this.values.set(input.name, { tensor: this.builder.declare(input.name, type, 'input'), type });
      this.inputs.push(input.name);
    }
  }

  order(): readonly OnnxNode[] {
    return executionOrder(this.model.file, this.model.graph, new Set(this.values.keys()));
  }

  importNode(source: OnnxNode): void {
    if (source.outputs.every((output) => output === '')) return;
    const name = this.builder.operatorName(source.name || `${source.operator}_${source.outputs.find((output) => output !== '') ?? 'nothing'}`);
    const inputs = source.inputs.map((input) => input === '' ? undefined : this.values.get(input));
    const node = new GraphNode(this.model.file, name, source, inputs, this.model.operatorSets.get(source.domain) ?? 1, (value) => this.isRead(value), (tensor) => constantOf(tensor, this.external));
    const rule = findRule(source.domain, source.operator);
    const results = attempt(() => rule === undefined ? this.unknownOperator(source) : rule.shape(node));
    if (results instanceof Refusal || rule === undefined) return this.addOther(node, results instanceof Refusal ? results.reason : '');
    results.forEach((type, index) => this.checkResult(node, type, index));
    if (rule.fold !== undefined && (rule.shapeOnly || inputs.every((input) => input === undefined || input.constant !== undefined))) {
      return this.fold(node, rule.fold, results);
    }
    this.translate(node, rule, results);
  }

  finish(notes: readonly string[]): Network {
    const { graph, file } = this.model;
    return finishNetwork({
      file, builder: this.builder, values: this.values, inputs: this.inputs, outputs: graph.outputs.map(({ name }) => name),
      name: graph.name, weights: this.options.weights, notes: [...notes, ...this.sizes.notes, ...this.declared.notes],
    });
  }

  private translate(node: GraphNode, rule: OperatorRule, results: readonly TensorType[]): void {
    const build = new NodeBuilder(node, this.builder, results);
    const refusal = rule.translate === undefined ? new Refusal('this operator is known by its shape only: neither the chip nor the reference executor has a rule for it') : attempt(() => rule.translate?.(node, build));
    if (refusal instanceof Refusal) return this.addOther(node, refusal.reason, results);
    node.outputs.forEach((output, index) => {
      const passed = index === 0 ? build.passedThrough : undefined;
      this.setValue(output, passed ?? { tensor: output, type: results[index] });
    });
  }

  private fold(node: GraphNode, rule: NonNullable<OperatorRule['fold']>, results: readonly TensorType[]): void {
    let values: readonly (TensorData | undefined)[] | undefined;
    const compute = (): readonly (TensorData | undefined)[] => {
      if (values === undefined) {
        this.spend(node, results);
        values = rule(node, results);
      }
      return values;
    };
    node.outputs.forEach((output, index) => {
      const type = results[index] as TensorType | undefined;
      if (type === undefined) return this.setValue(output, { tensor: output, type });
      const constant = new Constant(type.elementType, type.shape, () => compute()[index]);
      this.setValue(output, { tensor: output, type: constant, constant });
    });
  }

  /** Keeps a node that has no counterpart, with the reason; its results have their declared types where nothing better is known. */
  private addOther(node: GraphNode, reason: string, results: readonly TensorType[] = []): void {
    const outputs = node.outputs.filter((output) => output !== '' && this.isRead(output));
    const inputs = node.inputs.flatMap((value) => value === undefined ? [] : [this.builder.use(value)]);
    node.outputs.forEach((output, index) => {
      if (output === '' || !this.isRead(output)) return;
      const type = results[index] ?? this.declared.find(output);
      if (type !== undefined) checkElementCount(this.model.file, output, type.shape);
      this.setValue(output, { tensor: this.builder.declare(output, type), type });
    });
    this.builder.add({ name: node.name, kind: 'other', inputs, outputs, sourceType: node.operator, attributes: { reason, values: attributeValues(node) } });
  }

  /** Subgraphs are not decoded: where there are any, they may read every value. */
  private isRead(value: string): boolean {
    return this.hasSubgraphs || this.read.has(value);
  }

  private unknownOperator(source: OnnxNode): Refusal {
    const key = `${source.domain}:${source.operator}`;
    if (this.model.functions.has(key)) return new Refusal(`it is a function that the model itself defines in domain '${source.domain}'; inline it with onnx.inliner`);
    return new Refusal(source.domain === '' ? 'this operator is not known' : `this operator of domain '${source.domain}' is not known`);
  }

  private checkResult(node: GraphNode, type: TensorType, index: number): void {
    const output = node.outputs[index];
    if (output === undefined || output === '') return;
    if (type.shape.length > limits.rank) throw node.error(`its result has ${type.shape.length} dimensions`);
    checkElementCount(this.model.file, output, type.shape);
    this.declared.check(output, type, node.name, node.operator);
  }

  private setValue(output: string, value: Value): void {
    if (output !== '') this.values.set(output, value);
  }

  /** Keeps the work of folding within bounds, whatever the file asks for. */
  private spend(node: GraphNode, results: readonly TensorType[]): void {
    for (const { shape } of results) this.foldedElements += checkElementCount(this.model.file, node.name, shape);
    if (this.foldedElements > limits.foldedElements) throw beyondLimit(this.model.file, `Computing the constants of the model takes more than ${limits.foldedElements} elements.`, node.name);
  }

  private invalid(what: string, byteOffset: number): Error {
    return invalidGraph(this.model.file, what, undefined, byteOffset);
  }
}

/** Runs a rule; an input of unknown shape or value becomes a refusal. */
function attempt<Result>(rule: () => Result): Result | Refusal {
  try {
    return rule();
  } catch (error) {
    if (error instanceof UnknownInput) return new Refusal(error.reason);
    throw error;
  }
}

function attributeValues(node: GraphNode): Record<string, AttributeValue> {
  const values: Record<string, AttributeValue> = {};
  for (const [name, attribute] of node.attributes) {
    if (attribute.kind !== 'tensor' && attribute.kind !== 'unsupported') values[name] = attribute.value;
  }
  return values;
}
