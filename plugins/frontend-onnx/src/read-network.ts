import type { Network } from '@autodnnchip/core';
import { ExternalData } from './files/external-data.js';
import { readModelFile } from './files/model-file.js';
import { importGraph } from './import-graph.js';
import { readModel } from './protobuf/read-model.js';

export interface ReadOptions {
  /**
   * True loads the values of all constants. False leaves them out: constants are known by shape, data files beside the
   * model need not exist, and the network is marked weightless. Constants of a few elements keep their values.
   */
  readonly weights: boolean;
  /** Sizes of symbolic dimensions by name; the batch is 1 where it is open. */
  readonly dimensions?: Readonly<Record<string, number>>;
}

/**
 * Reads an ONNX model. Whatever is wrong with the file becomes a ChipError of the ADC10xx range that names the file
 * and, where known, the node and the byte. What was assumed (an open batch dimension set to 1, versions newer than
 * known, a declared shape that is not used) is in the network's `notes`.
 */
export async function readOnnxNetwork(path: string, options: ReadOptions): Promise<Network> {
  return importOnnx(path, await readModelFile(path), options);
}

/** Reads a model from bytes; `path` names it in messages and is where its external data lies. */
export function importOnnx(path: string, bytes: Uint8Array, options: ReadOptions): Network {
  const model = readModel(path, bytes);
  const external = new ExternalData(path, options.weights);
  try {
    return importGraph(model, external, { weights: options.weights, dimensions: options.dimensions ?? {} });
  } finally {
    external.close();
  }
}
