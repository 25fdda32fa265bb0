import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { elementCount, type Network, type Operator } from '@autodnnchip/core';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { readModel } from '../../plugins/frontend-onnx/src/protobuf/read-model.js';
import { findDataType } from '../../plugins/frontend-onnx/src/tensors/data-types.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('frontend-onnx: fixtures');
const models = fileURLToPath(new URL('../models/', import.meta.url));

function fixtures(folder: string): readonly string[] {
  return readdirSync(join(models, folder))
    .filter(file => file.endsWith('.onnx'))
    .map(file => join(models, folder, file));
}

/** Values whose shape the model states, and which the network still has, with other shapes. */
function compareDeclared(
  path: string,
  network: Network,
): { readonly compared: number; readonly wrong: readonly string[] } {
  const { graph } = readModel(path, readFileSync(path));
  let compared = 0;
  const wrong: string[] = [];
  for (const info of [...graph.inputs, ...graph.outputs, ...graph.valueInfos]) {
    const tensor = network.tensors.get(info.name);
    if (tensor === undefined || info.shape === undefined || info.dataType === undefined) continue;
    compared += 1;
    const fits =
      info.shape.length === tensor.shape.length &&
      info.shape.every((extent, index) => typeof extent === 'string' || extent === tensor.shape[index]);
    if (!fits || findDataType(info.dataType)?.elementType !== tensor.elementType) {
      wrong.push(`${info.name}: ${info.shape.join()} declared, ${tensor.shape.join()} inferred`);
    }
  }
  return { compared, wrong };
}

function checkStructure(network: Network): void {
  const made = new Set(network.inputs);
  const names = new Set<string>();
  for (const operator of network.operators) {
    assert.not.ok(names.has(operator.name), `operator name ${operator.name} is used twice`);
    names.add(operator.name);
    for (const input of operator.inputs) {
      const tensor = network.tensors.get(input);
      assert.ok(
        tensor !== undefined && (tensor.role === 'constant' || made.has(input)),
        `${operator.name} uses ${input} before it is made`,
      );
    }
    for (const output of operator.outputs) made.add(output);
  }
  for (const tensor of network.tensors.values()) {
    assert.ok(
      tensor.shape.every(extent => extent > 0),
      `${tensor.name} has the shape ${tensor.shape.join()}`,
    );
    if (tensor.data !== undefined) assert.is(tensor.data.length, elementCount(tensor.shape), tensor.name);
    if (tensor.role === 'constant' && !network.weightless)
      assert.ok(tensor.data !== undefined, `${tensor.name} has no values`);
  }
  for (const output of network.outputs) assert.ok(made.has(output), `output ${output} is not made`);
}

for (const [folder, weights] of [
  ['onnx', true],
  ['onnx-quant', true],
  ['onnx-graph', false],
] as const) {
  test(`every tensor of every file in ${folder} has a shape and a type, equal to what the file declares`, async () => {
    let compared = 0;
    for (const path of fixtures(folder)) {
      const network = await readOnnxNetwork(path, { weights });
      checkStructure(network);
      assert.is(network.weightless, !weights);
      const declared = compareDeclared(path, network);
      assert.equal(declared.wrong, [], path);
      assert.ok(declared.compared >= 2, `${path} declares nothing`);
      compared += declared.compared;
    }
    assert.ok(compared > 300, `only ${compared} tensors were compared`);
  });
}

test('only transformers and dynamic quantisation have operators without a counterpart', async () => {
  for (const path of ['onnx', 'onnx-quant', 'onnx-graph'].flatMap(fixtures)) {
    const network = await readOnnxNetwork(path, { weights: false });
    const others = network.operators.filter(operator => operator.kind === 'other');
    assert.is(others.length > 0, /vit_tiny|-dyn\.onnx/.test(path), path);
    for (const operator of others) assert.type(operator.attributes.reason, 'string');
  }
});

test('graphs without weights: prediction loads, building names the data file', async () => {
  const path = join(models, 'onnx-graph', 'resnet18-full-ts13.onnx');
  const network = await readOnnxNetwork(path, { weights: false });
  const [conv] = operatorsOf(network, 'conv');
  assert.equal(network.tensors.get(conv.inputs[1])?.shape, [64, 3, 7, 7]);
  assert.is(network.tensors.get(conv.inputs[1])?.data, undefined);
  const error = await expectError('ADC1013', async () => await readOnnxNetwork(path, { weights: true }));
  assert.match(error.message, 'does not exist');
  assert.match(error.message, /data file '.+'/);
  assert.is(error.location?.file, path);
});

test('weights in the file and in external data are the same', async () => {
  const inline = await readOnnxNetwork(join(models, 'onnx', 'lenet-ts13.onnx'), { weights: true });
  const external = await readOnnxNetwork(join(models, 'onnx', 'lenet-small-dynamo20.onnx'), { weights: true });
  const parameters = (network: Network): unknown[] =>
    [...operatorsOf(network, 'conv'), ...operatorsOf(network, 'fullyConnected')].flatMap(operator =>
      operator.inputs.slice(1).map(name => Array.from(network.tensors.get(name)?.data ?? [], Number)),
    );
  assert.equal(parameters(inline), parameters(external));
  assert.equal(
    inline.operators.map(({ kind }) => kind),
    external.operators.map(({ kind }) => kind),
  );
});

test('pooling and flattening of the dynamo exporter become global average pooling and reshape', async () => {
  const network = await readOnnxNetwork(join(models, 'onnx-graph', 'mobilenet_v2-full-dynamo18.onnx'), {
    weights: false,
  });
  const tail = network.operators.slice(-3);
  assert.equal(
    tail.map(({ kind }) => kind),
    ['globalAveragePool', 'reshape', 'fullyConnected'],
  );
  assert.equal(
    tail.map(({ outputs }) => network.tensors.get(outputs[0])?.shape),
    [
      [1, 1280, 1, 1],
      [1, 1280],
      [1, 1000],
    ],
  );
});

test('QOperator files: parameters are on the tensors, whole networks are integer from quantize to dequantize', async () => {
  const network = await readOnnxNetwork(join(models, 'onnx-quant', 'skynet-qop_s8s8_pc.onnx'), { weights: true });
  assert.is(network.operators[0].kind, 'quantize');
  assert.is(network.operators.at(-1)?.kind, 'dequantize');
  for (const operator of network.operators.slice(1, -1)) {
    for (const name of [operator.inputs[0], ...operator.outputs]) {
      const tensor = network.tensors.get(name);
      assert.is(tensor?.elementType, 'int8', name);
      assert.is(tensor?.quantization?.scales.length, 1, name);
    }
  }
  for (const conv of operatorsOf(network, 'conv')) {
    const [x, weight, bias] = conv.inputs.map(name => network.tensors.get(name));
    assert.is(weight?.quantization?.axis, 0);
    assert.is(weight?.quantization?.scales.length, weight?.shape[0]);
    assert.is(bias?.elementType ?? 'int32', 'int32');
    assert.is(weight?.shape[1], (x?.shape[1] ?? 0) / conv.attributes.group);
  }
});

test('QDQ files: quantised constants feed dequantize operators', async () => {
  const network = await readOnnxNetwork(join(models, 'onnx-quant', 'mobilenet_v2-qdq_s8s8_pc.onnx'), { weights: true });
  const makers = new Map(
    network.operators.flatMap(operator => operator.outputs.map(output => [output, operator] as const)),
  );
  for (const conv of operatorsOf(network, 'conv')) {
    const [weight, bias] = conv.inputs.slice(1).map(name => makers.get(name));
    assert.is(weight?.kind, 'dequantize');
    const values = network.tensors.get(weight?.inputs[0] ?? '');
    assert.is(values?.elementType, 'int8');
    assert.is(values?.quantization?.axis, 0);
    assert.is(network.tensors.get(bias?.inputs[0] ?? '')?.elementType, 'int32');
  }
});

test('the shape arithmetic of a transformer folds away', async () => {
  const network = await readOnnxNetwork(join(models, 'onnx', 'vit_tiny-ts17.onnx'), { weights: true });
  const sources = new Set(network.operators.map(({ sourceType }) => sourceType));
  for (const gone of ['Shape', 'Constant', 'ConstantOfShape', 'Where', 'Equal', 'Expand', 'Unsqueeze', 'Cast', 'Sqrt'])
    assert.not.ok(sources.has(gone), gone);
});

function operatorsOf<Kind extends Operator['kind']>(
  network: Network,
  kind: Kind,
): readonly Extract<Operator, { readonly kind: Kind }>[] {
  return network.operators.filter(
    (operator): operator is Extract<Operator, { readonly kind: Kind }> => operator.kind === kind,
  );
}

test.run();
