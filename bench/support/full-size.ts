import type { Network, NumericArray } from '@autodnnchip/core';
import { createReferenceExecutor, executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { prepareNetwork, withRandomWeights } from '@autodnnchip/plugin-network-passes';
import { readFixture, values } from '../../test/network-passes/network-under-test.js';

/** Full-size graphs without weights, by the name of the network. */
const graphs: Readonly<Record<string, string>> = {
  skynet: 'onnx-graph/skynet-full-dynamo18.onnx',
  mobilenet_v2: 'onnx-graph/mobilenet_v2-full-dynamo18.onnx',
  resnet18: 'onnx-graph/resnet18-full-dynamo18.onnx',
  vgg16: '../measured/networks/net/vgg16_224.onnx',
};
/** Those that are simulated whole unless others are named; VGG-16 takes several minutes more. */
export const fullSizeNames = ['skynet', 'mobilenet_v2', 'resnet18'];
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
  const array: NumericArray = {
    shape,
    elementType: 'float32',
    data: values(
      shape.reduce((product, extent) => product * extent, 1),
      weightSeed,
    ),
  };
  const network = await prepareNetwork(graph, {
    calibration: [{ name: input, ...array }],
    executor: createReferenceExecutor(),
  });
  const inputs = new Map([[network.inputs[0], array]]);
  return { network, inputs, expected: executeNetwork(network, inputs) };
}

/**
 * Without weights: its shape is all that prediction needs. `name` is that of a full-size graph, or the path of a model.
 */
export async function fullSizeShape(name: string): Promise<Network> {
  return await prepareNetwork(
    name.endsWith('.onnx') ? await readOnnxNetwork(name, { weights: false }) : await readFixture(graphOf(name), false),
  );
}
