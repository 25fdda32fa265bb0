import type { Network, NumericArray } from '@autodnnchip/core';
import { createReferenceExecutor, executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { prepareNetwork, withRandomWeights } from '@autodnnchip/plugin-network-passes';
import { readFixture, values } from '../../test/network-passes/network-under-test.js';

/** Full-size graphs without weights, by the name of the network. */
const graphs: Readonly<Record<string, string>> = {
  skynet: 'onnx-graph/skynet-full-dynamo18.onnx', mobilenet_v2: 'onnx-graph/mobilenet_v2-full-dynamo18.onnx', resnet18: 'onnx-graph/resnet18-full-dynamo18.onnx',
};
export const fullSizeNames = Object.keys(graphs);
const weightSeed = 1;

/** A whole network in integer form, an input, and what the reference executor makes of it. */
export interface FullSizeNetwork {
  readonly network: Network;
  readonly inputs: ReadonlyMap<string, NumericArray>;
  readonly expected: ReadonlyMap<string, NumericArray>;
}

function graphOf(name: string): string {
  const graph = graphs[name];
  if (graph === undefined) throw new Error(`There is no full-size ${name}; there are ${fullSizeNames.join(', ')}`);
  return graph;
}

/** With seeded random weights, quantised on its own random input. */
export async function fullSizeNetwork(name: string): Promise<FullSizeNetwork> {
  const graph = withRandomWeights(await readFixture(graphOf(name), false), weightSeed);
  const [input] = graph.inputs;
  const shape = graph.tensors.get(input)?.shape ?? [];
  const array: NumericArray = { shape, elementType: 'float32', data: values(shape.reduce((product, extent) => product * extent, 1), weightSeed) };
  const network = await prepareNetwork(graph, { calibration: [{ name: input, ...array }], executor: createReferenceExecutor() });
  const inputs = new Map([[network.inputs[0], array]]);
  return { network, inputs, expected: executeNetwork(network, inputs) };
}

/** Without weights: its shape is all that prediction needs. */
export async function fullSizeShape(name: string): Promise<Network> {
  return await prepareNetwork(await readFixture(graphOf(name), false));
}
