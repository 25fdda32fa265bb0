import {
  constantTensors,
  elementCount,
  knownShape,
  productOf,
  type Fate,
  type LayerWork,
  type Network,
  type NetworkWork,
  type Operator,
  type PlacedNetwork,
  type PlacementRule,
} from '@autodnnchip/core';
import { fileBatchOf, type FileBatch } from './file-batch.js';
import { layerShape, ownMultiplyAccumulates, type LayerShape } from './layer-shape.js';
import { isWeighted } from './model.js';
import { isView, layerKindOf } from './operator-roles.js';
import { usualPlaces } from './places.js';

export type { LayerKind, LayerWork, NetworkWork } from '@autodnnchip/core';

/** Fuses what an accelerator fuses, and lists the layers that remain, with what became of every operator. */
export function networkWork(network: Network, places: PlacementRule = usualPlaces): NetworkWork {
  return new LayerList(network, places).work();
}

/** What is known of a tensor while layers are collected. */
interface Made {
  /** Index of the layer that makes it, -1 for the network's input. */
  readonly layer: number;
  /** The tensor that it is a view of, or itself: readers of all views of a tensor count together. */
  readonly origin: string;
}

interface Readers {
  readonly operators: readonly Operator[];
  /** How often the network gives it out. */
  readonly outputs: number;
}

class LayerList {
  private readonly layers: LayerWork[] = [];
  private readonly fates = new Map<string, Fate>();
  private readonly made = new Map<string, Made>();
  private readonly readers: ReadonlyMap<string, Readers>;
  private readonly constants: ReadonlySet<string>;
  private readonly placed: PlacedNetwork;
  private readonly batch: FileBatch;
  /** Layers whose output stage computes an activation: what comes behind it cannot be folded into weights. */
  private readonly activated = new Set<number>();

  constructor(
    private readonly network: Network,
    private readonly places: PlacementRule,
  ) {
    this.constants = constantTensors(network);
    this.placed = { tensors: network.tensors, isConstant: name => this.constants.has(name) };
    this.batch = fileBatchOf(network, this.placed.isConstant);
    this.readers = this.findReaders();
  }

  work(): NetworkWork {
    for (const operator of this.network.operators) this.fates.set(operator.name, this.take(operator));
    const { inputs, outputs } = this.network;
    return {
      layers: this.layers,
      fates: this.fates,
      batch: this.batch.batch,
      batchInLayers: this.batch.inLayers,
      inputElements: this.elementsOf(inputs),
      outputElements: this.elementsOf(outputs),
    };
  }

  /** Inputs that shapes are divided by. */
  private get images(): number {
    return this.batch.inLayers ? 1 : this.batch.batch;
  }

  private take(operator: Operator): Fate {
    if (operator.outputs.every(name => this.constants.has(name)))
      return { fate: 'folded', reason: 'it computes a constant: once, before the network runs' };
    const computed = operator.inputs.filter(name => !this.constants.has(name));
    const [first] = computed;
    const source = this.madeOf(first ?? '');
    if (isView(operator) && computed.length > 0) {
      for (const output of operator.outputs)
        this.made.set(output, output === operator.outputs[0] ? source : { layer: source.layer, origin: output });
      return { fate: 'folded', reason: 'it is another shape or representation of values that are there' };
    }
    if (this.isWindowPadding(operator)) {
      this.setMade(operator, source.layer);
      return { fate: 'folded', reason: 'the layers behind it read the values around the map as part of their windows' };
    }
    const merged = this.merge(operator, computed, source);
    if (merged !== undefined) {
      this.setMade(operator, source.layer);
      return merged;
    }
    const layer = this.describe(operator, computed);
    if (layer === undefined) {
      this.setMade(operator, source.layer);
      return { fate: 'folded', reason: 'its result has no elements' };
    }
    this.setMade(operator, this.layers.length);
    this.layers.push(layer);
    return { fate: 'costed', layer: operator.name };
  }

  /** The output stage of a layer before takes an operator in, or its weights do. */
  private merge(operator: Operator, computed: readonly string[], source: Made): Fate | undefined {
    const { operators, outputs } = this.readersOf(source.origin);
    if (source.layer < 0 || operators.length + outputs !== 1) return undefined;
    const layer = this.layers[source.layer];
    const into = { fate: 'merged', layer: layer.name } as const;
    if (layer.elsewhere !== undefined || layer.kind === 'concat' || layer.kind === 'pool') return undefined;
    if (isWeighted(layer) && !this.activated.has(source.layer) && this.isScaling(operator, computed, layer))
      return { ...into, reason: 'a scale and shift per channel is part of the weights and biases before it' };
    if (operator.kind === 'requantize')
      return { ...into, reason: 'the output stage rounds to the scale that is asked for' };
    if ((operator.kind !== 'unary' && operator.kind !== 'clip') || this.places(operator, this.placed) !== 'fused')
      return undefined;
    this.activated.add(source.layer);
    return { ...into, reason: 'the output stage of the layer before computes it' };
  }

  /** A scale or a shift by one number per channel, or by one number. */
  private isScaling(operator: Operator, computed: readonly string[], layer: LayerWork): boolean {
    if (operator.kind === 'batchNormalization') return true;
    if (operator.kind !== 'binary' || (operator.attributes.function === 'div' && computed[0] !== operator.inputs[0]))
      return false;
    const others = operator.inputs.filter(name => name !== computed[0]);
    return (
      others.length === 1 &&
      others.every(name => {
        const shape = knownShape(name, this.network.tensors) ?? [0, 0];
        return (
          elementCount(shape) === 1 ||
          (this.constants.has(name) &&
            shape.filter(extent => extent !== 1).length <= 1 &&
            elementCount(shape) === layer.outputChannels)
        );
      })
    );
  }

  /** Padding that only windows read: they take it in. */
  private isWindowPadding(operator: Operator): boolean {
    if (operator.kind !== 'pad') return false;
    const { before, after } = operator.attributes;
    const { operators, outputs } = this.readersOf(operator.outputs[0]);
    return (
      outputs === 0 &&
      operators.every(hasWindow) &&
      [...before.slice(0, 2), ...after.slice(0, 2)].every(count => count === 0) &&
      [...before, ...after].every(count => count >= 0)
    );
  }

  private readersOf(origin: string): Readers {
    return this.readers.get(origin) ?? { operators: [], outputs: 0 };
  }

  private describe(operator: Operator, computed: readonly string[]): LayerWork | undefined {
    const { tensors } = this.network;
    const base = {
      name: operator.name,
      operator: operator.sourceType,
      producers: computed.map(name => this.madeOf(name).layer),
    };
    const unknown = [...operator.inputs, ...operator.outputs].find(name => knownShape(name, tensors) === undefined);
    if (unknown !== undefined)
      return {
        ...base,
        ...nothing,
        inputMapElements: computed.map(() => 0),
        elsewhere: reasonOf(operator) ?? `the shape of ${unknown} is not known`,
      };
    const output = elementCount(knownShape(operator.outputs[0], tensors) ?? []);
    if (operator.outputs.every(name => elementCount(knownShape(name, tensors) ?? []) === 0)) return undefined;
    const inputMapElements = computed.map(name => this.elementsOf([name]));
    const kind = layerKindOf(operator, this.placed);
    const shape = kind === undefined ? undefined : layerShape(operator, kind, computed, this.placed, this.images);
    if (kind === undefined || shape === undefined) {
      const why = reasonOf(operator);
      const reason = `no model of this platform covers ${why === undefined ? 'this kind of operator' : `it: ${why}`}`;
      return {
        ...base,
        ...nothing,
        outputChannels: Math.max(1, output / this.images),
        outputElements: output / this.images,
        inputMapElements,
        elsewhere: reason,
      };
    }
    const elsewhere = this.elsewhere(operator);
    return {
      ...base,
      ...shape,
      kind: kind === 'fullyConnected' && !isVector(shape) ? 'convolution' : kind,
      multiplyAccumulates: ownMultiplyAccumulates(operator, this.placed, this.images) ?? 0,
      inputElements: inputMapElements.reduce((sum, elements) => sum + elements, 0),
      outputElements: this.elementsOf(operator.outputs.slice(0, 1)),
      weightElements: elsewhere === undefined ? this.weightElements(operator) : 0,
      inputMapElements,
      ...(elsewhere === undefined ? {} : { elsewhere }),
    };
  }

  private elsewhere(operator: Operator): string | undefined {
    const place = this.places(operator, this.placed);
    return typeof place === 'string' ? undefined : place.elsewhere;
  }

  /** Elements of weights and biases; of an operator that the file's own type names, those of a product only. */
  private weightElements(operator: Operator): number {
    const product = productOf(operator);
    const names =
      product !== undefined
        ? [product.weight, product.x, ...(product.bias === undefined ? [] : [product.bias])]
        : operator.kind === 'other'
          ? []
          : operator.inputs;
    return names.reduce(
      (sum, name) => sum + (this.constants.has(name) ? elementCount(this.network.tensors.get(name)?.shape ?? []) : 0),
      0,
    );
  }

  private elementsOf(names: readonly string[]): number {
    return (
      names.reduce((sum, name) => sum + elementCount(knownShape(name, this.network.tensors) ?? [0]), 0) / this.images
    );
  }

  private madeOf(name: string): Made {
    return this.made.get(name) ?? { layer: -1, origin: name };
  }

  private setMade(operator: Operator, layer: number): void {
    for (const output of operator.outputs) this.made.set(output, { layer, origin: output });
  }

  /** Who reads the values of a tensor, through any of its views. */
  private findReaders(): ReadonlyMap<string, Readers> {
    const origins = new Map<string, string>();
    const readers = new Map<string, { operators: Operator[]; outputs: number }>();
    const readersOf = (name: string): { operators: Operator[]; outputs: number } => {
      const origin = origins.get(name) ?? name;
      const present = readers.get(origin) ?? { operators: [], outputs: 0 };
      readers.set(origin, present);
      return present;
    };
    for (const operator of this.network.operators) {
      const first = operator.inputs.find(name => !this.constants.has(name));
      if (isView(operator) && first !== undefined) origins.set(operator.outputs[0], origins.get(first) ?? first);
      else for (const name of operator.inputs) readersOf(name).operators.push(operator);
    }
    for (const name of this.network.outputs) readersOf(name).outputs += 1;
    return readers;
  }
}

function hasWindow({ kind, sourceType }: Operator): boolean {
  return (
    kind === 'conv' ||
    kind === 'maxPool' ||
    kind === 'averagePool' ||
    sourceType === 'Conv' ||
    sourceType === 'ConvInteger' ||
    sourceType === 'QLinearConv'
  );
}

/** Sizes of a layer that no figure covers. */
const nothing: Omit<LayerWork, 'name' | 'operator' | 'producers' | 'inputMapElements' | 'elsewhere'> = {
  kind: 'elementwise',
  groups: 1,
  inputChannels: 1,
  outputChannels: 1,
  inputRows: 1,
  inputColumns: 1,
  outputRows: 1,
  outputColumns: 1,
  kernelRows: 1,
  kernelColumns: 1,
  strideRows: 1,
  strideColumns: 1,
  dilationRows: 1,
  dilationColumns: 1,
  multiplyAccumulates: 0,
  inputElements: 0,
  outputElements: 0,
  weightElements: 0,
};

function isVector({ groups, outputRows, outputColumns }: LayerShape): boolean {
  return groups === 1 && outputRows * outputColumns === 1;
}

/** What the front end says of an operator that it keeps as the file has it. */
function reasonOf(operator: Operator): string | undefined {
  return operator.kind === 'other' ? operator.attributes.reason : undefined;
}
