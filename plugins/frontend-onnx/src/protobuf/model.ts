import type { Region } from './wire.js';

/** The parts of an ONNX file that this front end uses; tensors stay undecoded views into the file. */
export interface OnnxModel {
  readonly file: string;
  readonly irVersion: number;
  readonly producer: string;
  /** Operator set version by domain; '' is the standard domain. */
  readonly operatorSets: ReadonlyMap<string, number>;
  /** `domain:name` of the model's local functions. */
  readonly functions: ReadonlySet<string>;
  readonly graph: OnnxGraph;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly valueInfos: readonly OnnxValueInfo[];
  readonly sparseInitializers: number;
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** '' is the standard domain. */
  readonly domain: string;
  /** An empty name is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** Values of the graph around it that the graphs in its attributes read, at any depth. */
  readonly captures: readonly string[];
  readonly byteOffset: number;
}

/** Integers are numbers: those beyond 2^53 (such as "to the end" in Slice) lose their low bits. */
export type OnnxAttribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'graph'; readonly value: OnnxGraph }
  | { readonly kind: 'unsupported'; readonly value: string };

export interface OnnxTensor {
  readonly name: string;
  /** TensorProto.DataType. */
  readonly dataType: number;
  readonly shape: readonly number[];
  /** The whole TensorProto: typed fields are decoded from it when they are asked for. */
  readonly message: Region;
  readonly rawData?: Region;
  readonly external?: OnnxExternalData;
}

export interface OnnxExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length?: number;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly byteOffset: number;
  /** Undefined when the value is no tensor or its type is not stated. */
  readonly dataType?: number;
  /** Undefined when not even the rank is stated. */
  readonly shape?: readonly OnnxDimension[];
}

/** A size, the name of a symbolic size, or undefined. */
export type OnnxDimension = number | string | undefined;
