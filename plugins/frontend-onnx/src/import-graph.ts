import type { AttributeValue, Network, NetworkNode, TensorData } from '@autodnnchip/core';
import { finishNetwork } from './build/finish-network.js';
import { NetworkBuilder } from './build/network-builder.js';
import { NodeBuilder } from './build/node-builder.js';
import { beyondLimit, invalidGraph } from './errors.js';
import type { ExternalData } from './files/external-data.js';
import { DeclaredTypes } from './graph/declared-types.js';
import { DimensionSizes } from './graph/dimensions.js';
import { GraphNode, UnknownInput } from './graph/node.js';
import { executionOrder, undefinedValue } from './graph/order.js';
import {
  checkBranch,
  nodeInScope,
  nodeTitle,
  reasonOfGraphs,
  recordsOfGraph,
  type Scope,
  takenBranch,
} from './graph/subgraphs.js';
import { Refusal, type Value } from './graph/value.js';
import { checkVersions } from './graph/versions.js';
import { limits } from './limits.js';
import type { OperatorRule } from './operators/rule.js';
import { findRule } from './operators/table.js';
import type { OnnxGraph, OnnxModel, OnnxNode } from './protobuf/model.js';
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
  /** Values that a node, a graph inside one or the model's outputs read. */
  private readonly read: Set<string>;
  private readonly nodes: NetworkNode[] = [];
  /** What quantised weights stand for, by the tensor that holds them dequantised. */
  private readonly dequantized = new Map<string, Constant>();
  private foldedElements = 0;

  constructor(
    private readonly model: OnnxModel,
    private readonly external: ExternalData,
    private readonly options: ImportOptions,
  ) {
    const { graph, file } = model;
    this.sizes = new DimensionSizes(file, options.dimensions);
    this.declared = new DeclaredTypes(file, graph, this.sizes);
    this.read = new Set([
      ...graph.nodes.flatMap(node => [...node.inputs, ...node.captures]),
      ...graph.outputs.map(({ name }) => name),
    ]);
    this.builder = new NetworkBuilder([
      ...graph.nodes.flatMap(node => node.outputs),
      ...graph.inputs.map(({ name }) => name),
      ...graph.initializers.map(({ name }) => name),
    ]);
  }

  readConstants(): void {
    for (const tensor of this.model.graph.initializers) {
      if (tensor.name === '' || this.values.has(tensor.name))
        throw this.invalid(
          tensor.name === '' ? 'An initializer has no name.' : `There are two initializers named '${tensor.name}'.`,
          tensor.message.offset,
        );
      const constant = constantOf(tensor, this.external);
      this.values.set(tensor.name, { tensor: tensor.name, type: constant, constant });
    }
  }

  /** Inputs that have an initializer are constants: older files list all of them. */
  readInputs(): void {
    const constants = new Set(this.values.keys());
    for (const input of this.model.graph.inputs) {
      if (constants.has(input.name)) continue;
      if (input.name === '' || this.values.has(input.name))
        throw this.invalid(
          input.name === '' ? 'An input has no name.' : `There are two inputs named '${input.name}'.`,
          input.byteOffset,
        );
      const type = this.sizes.inputType(input);
      this.values.set(input.name, { tensor: this.builder.declare(input.name, type, 'input'), type });
      this.inputs.push(input.name);
    }
  }

  order(): readonly OnnxNode[] {
    return executionOrder(this.model.file, this.model.graph, new Set(this.values.keys()));
  }

  /** `scope` holds the names of the graphs whose place the node's graph takes. */
  importNode(original: OnnxNode, scope?: Scope): void {
    const source = nodeInScope(original, scope);
    const name = this.builder.operatorName(nodeTitle(source));
    if (source.outputs.every(output => output === '')) return this.record(name, source, 'it has no results');
    const inputs = source.inputs.map(input => (input === '' ? undefined : this.values.get(input)));
    const node = new GraphNode(
      this.model.file,
      name,
      source,
      inputs,
      this.model.operatorSets.get(source.domain) ?? 1,
      value => this.read.has(value),
      tensor => constantOf(tensor, this.external),
    );
    const branch = takenBranch(node, source);
    if (branch !== undefined) return this.takeBranch(node, source, branch, scope);
    const before = this.builder.operators.length;
    const reason = this.importOperator(node, source);
    this.record(name, source, reason, before);
    const became = this.builder.operators.slice(before).map(operator => operator.name);
    for (const [attribute, graph] of node.graphs())
      this.nodes.push(
        ...recordsOfGraph(`${name}/${attribute}`, graph, { became }, base => this.builder.operatorName(base)),
      );
  }

  /** Gives why nothing is left of the node where that is so. */
  private importOperator(node: GraphNode, source: OnnxNode): string | undefined {
    const rule = findRule(source.domain, source.operator);
    const results = attempt(() =>
      rule === undefined ? this.unknownOperator(node, source) : (unknownAttribute(node, rule) ?? rule.shape(node)),
    );
    if (results instanceof Refusal || rule === undefined)
      return this.addOther(node, source, results instanceof Refusal ? results.reason : '');
    results.forEach((type, index) => this.checkResult(node, type, index));
    const known = rule.fold === undefined ? undefined : rule.shapeOnly ? node : this.withConstants(node);
    if (known === undefined) return this.translateOrKeep(node, source, rule, results);
    const constants = this.fold(known, rule, results);
    if (rule.quantizedWeights === 'makes' || (rule.quantizedWeights === 'keeps' && known !== node)) {
      const reason = this.translate(node, rule, results);
      if (!(reason instanceof Refusal)) {
        const value = this.values.get(node.outputs[0]);
        if (value !== undefined && value.constant === undefined) this.dequantized.set(value.tensor, constants[0]);
        return reason;
      }
    }
    node.outputs.forEach((output, index) =>
      this.setValue(output, { tensor: output, type: results[index], constant: constants[index] }),
    );
    return 'it was computed while the file was read: its result is the same in every run';
  }

  /**
   * The node with the numbers of its quantised weights; undefined where it reads what is computed while the network
   * runs.
   */
  private withConstants(node: GraphNode): GraphNode | undefined {
    const inputs = node.inputs.map(input => {
      if (input === undefined || input.constant !== undefined) return input;
      const constant = this.dequantized.get(input.tensor);
      return constant === undefined ? input : { tensor: input.tensor, type: input.type, constant };
    });
    if (inputs.some(input => input !== undefined && input.constant === undefined)) return undefined;
    return inputs.every((input, index) => input === node.inputs[index]) ? node : node.withInputs(inputs);
  }

  /** Puts the nodes of the branch that is always taken in the place of an If. */
  private takeBranch(node: GraphNode, source: OnnxNode, taken: string, scope: Scope | undefined): void {
    this.record(node.name, source, `its condition is known: the nodes of its ${taken} take its place`);
    for (const [attribute, graph] of node.graphs()) {
      if (attribute === taken) this.importBranch(node, taken, graph, scope);
      else
        this.nodes.push(
          ...recordsOfGraph(
            `${node.name}/${attribute}`,
            graph,
            { became: [], reason: `${node.name} never takes this branch` },
            base => this.builder.operatorName(base),
          ),
        );
    }
  }

  private importBranch(node: GraphNode, attribute: string, graph: OnnxGraph, outer: Scope | undefined): void {
    checkBranch(node, attribute, graph);
    const scope = new Map(outer);
    const nameInNetwork = (name: string): string => {
      const fresh = this.builder.freshName(`${node.name}/${name}`);
      scope.set(name, fresh);
      return fresh;
    };
    for (const tensor of graph.initializers) {
      const name = nameInNetwork(tensor.name);
      const constant = constantOf(tensor, this.external);
      this.values.set(name, { tensor: name, type: constant, constant });
    }
    for (const body of graph.nodes) for (const output of body.outputs) if (output !== '') nameInNetwork(output);
    const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
    // Whatever else they read is there: the values that the If captures came before it.
    const known = new Set(
      graph.nodes.flatMap(({ inputs, captures }) => [...inputs, ...captures]).filter(name => !made.has(name)),
    );
    for (const name of [...known, ...made, ...graph.outputs.map(output => output.name)])
      this.read.add(scope.get(name) ?? name);
    for (const body of executionOrder(this.model.file, graph, known)) this.importNode(body, scope);
    node.outputs.forEach((output, index) => {
      const result = graph.outputs[index].name;
      const value = this.values.get(scope.get(result) ?? result);
      if (value === undefined) throw undefinedValue(this.model.file, result, node.name);
      this.setValue(output, value);
    });
  }

  /** Notes what became of a node: the operators that were added since there were `before`. */
  private record(
    name: string,
    { operator }: OnnxNode,
    reason: string | undefined,
    before = this.builder.operators.length,
  ): void {
    const became = this.builder.operators.slice(before).map(added => added.name);
    this.nodes.push({ name, operator, became, ...(reason === undefined || became.length > 0 ? {} : { reason }) });
  }

  finish(notes: readonly string[]): Network {
    const { graph, file } = this.model;
    return finishNetwork({
      file,
      builder: this.builder,
      values: this.values,
      inputs: this.inputs,
      outputs: graph.outputs.map(({ name }) => name),
      name: graph.name,
      weights: this.options.weights,
      nodes: this.nodes,
      notes: [...notes, ...this.sizes.notes, ...this.declared.notes, ...this.builder.notes],
    });
  }

  private translateOrKeep(
    node: GraphNode,
    source: OnnxNode,
    rule: OperatorRule,
    results: readonly TensorType[],
  ): string | undefined {
    const reason = this.translate(node, rule, results);
    return reason instanceof Refusal ? this.addOther(node, source, reason.reason, results) : reason;
  }

  /** Adds what the node means. Gives why nothing is left of it where that is so. */
  private translate(node: GraphNode, rule: OperatorRule, results: readonly TensorType[]): string | Refusal | undefined {
    const build = new NodeBuilder(node, this.builder, results);
    const refusal =
      rule.translate === undefined
        ? new Refusal(
            'this operator is known by its shape only: neither the chip nor the reference executor has a rule for it',
          )
        : attempt(() => rule.translate?.(node, build));
    if (refusal instanceof Refusal) return refusal;
    node.outputs.forEach((output, index) => {
      const passed = index === 0 ? build.passedThrough : undefined;
      this.setValue(output, passed ?? { tensor: output, type: results[index] });
    });
    return build.passedThrough === undefined ? undefined : 'its result is its input, or what is there already';
  }

  /** The node's results as constants, computed when first asked for. */
  private fold(node: GraphNode, { fold, foldCost }: OperatorRule, results: readonly TensorType[]): readonly Constant[] {
    let values: readonly (TensorData | undefined)[] | undefined;
    const compute = (): readonly (TensorData | undefined)[] => {
      if (values === undefined) {
        this.spend(node, results, foldCost?.(node, results) ?? 0);
        values = fold?.(node, results) ?? [];
      }
      return values;
    };
    return results.map((type, index) => new Constant(type.elementType, type.shape, () => compute()[index]));
  }

  /**
   * Keeps a node that has no counterpart, with the reason; its results have their declared types where nothing better
   * is known.
   */
  private addOther(node: GraphNode, source: OnnxNode, reason: string, results: readonly TensorType[] = []): undefined {
    const outputs = node.outputs.filter(output => output !== '' && this.read.has(output));
    const read = [...node.inputs, ...source.captures.map(name => this.values.get(name))];
    const inputs = read.flatMap(value => (value === undefined ? [] : [this.builder.use(value)]));
    node.outputs.forEach((output, index) => {
      if (output === '' || !this.read.has(output)) return;
      const type = results[index] ?? this.declared.find(output);
      if (type !== undefined) checkElementCount(this.model.file, output, type.shape);
      this.setValue(output, { tensor: this.builder.declare(output, type), type });
    });
    this.builder.add({
      name: node.name,
      kind: 'other',
      inputs,
      outputs,
      sourceType: node.operator,
      attributes: { reason, values: attributeValues(node) },
    });
  }

  private unknownOperator(node: GraphNode, source: OnnxNode): Refusal {
    const graphs = node.graphs();
    if (graphs.length > 0) return new Refusal(reasonOfGraphs(node, graphs));
    const key = `${source.domain}:${source.operator}`;
    if (this.model.functions.has(key))
      return new Refusal(
        `it is a function that the model itself defines in domain '${source.domain}'; inline it with onnx.inliner`,
      );
    return new Refusal(
      source.domain === '' ? 'this operator is not known' : `this operator of domain '${source.domain}' is not known`,
    );
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
  private spend(node: GraphNode, results: readonly TensorType[], cost: number): void {
    this.foldedElements += cost;
    for (const { shape } of results) this.foldedElements += checkElementCount(this.model.file, node.name, shape);
    if (this.foldedElements > limits.foldedElements)
      throw beyondLimit(
        this.model.file,
        `Computing the constants of the model takes more than ${limits.foldedElements} elements.`,
        node.name,
      );
  }

  private invalid(what: string, byteOffset: number): Error {
    return invalidGraph(this.model.file, what, undefined, byteOffset);
  }
}

/**
 * An attribute that the rules do not know would be ignored, and what it says with it. Names that begin with two
 * underscores are for tools; ONNX itself lets them pass.
 */
function unknownAttribute(node: GraphNode, rule: OperatorRule): Refusal | undefined {
  for (const name of node.attributes.keys()) {
    if (name.startsWith('__')) continue;
    const versions = Object.hasOwn(rule.attributes, name) ? rule.attributes[name] : undefined;
    if (versions === undefined) return new Refusal(`its attribute '${name}' is not known`);
    const [first, last] = versions;
    if (node.operatorSet < first || node.operatorSet > last) {
      return new Refusal(
        `its attribute '${name}' does not exist in operator set ${node.operatorSet} (${first > node.operatorSet ? `it came with ${first}` : `it went after ${last}`})`,
      );
    }
  }
  return undefined;
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
    if (attribute.kind !== 'tensor' && attribute.kind !== 'graph' && attribute.kind !== 'unsupported')
      values[name] = attribute.value;
  }
  return values;
}
