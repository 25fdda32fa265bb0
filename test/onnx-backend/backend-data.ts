import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ChipError, type NumericArray } from '@autodnnchip/core';
import { ExternalData } from '../../plugins/frontend-onnx/src/files/external-data.js';
import { readTensor } from '../../plugins/frontend-onnx/src/protobuf/read-tensor.js';
import { constantOf } from '../../plugins/frontend-onnx/src/tensors/read-values.js';

/** One test of the PyPI package `onnx`: a model, and arrays for its inputs and outputs where it has them. */
export interface BackendTest {
  readonly name: string;
  readonly model: string;
  /** In the order of the graph's inputs and outputs; undefined where the file holds no plain tensor. */
  readonly inputs: readonly (NumericArray | undefined)[];
  readonly outputs: readonly (NumericArray | undefined)[];
}

/**
 * The folder `onnx/backend/test/data` of the package: where the environment variable ONNX_TEST_DATA says, or of the
 * package that `python3` has. Undefined where there is none, or one without the tests of single nodes (since 1.20).
 */
export function findBackendData(): string | undefined {
  const folder = process.env['ONNX_TEST_DATA'] ?? folderOfPackage();
  return folder !== undefined && existsSync(join(folder, 'node')) ? folder : undefined;
}

function folderOfPackage(): string | undefined {
  try {
    const script = 'import importlib.util, os; print(os.path.dirname(importlib.util.find_spec("onnx").origin))';
    return join(
      execFileSync('python3', ['-c', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 20_000,
      }).trim(),
      'backend',
      'test',
      'data',
    );
  } catch {
    return undefined;
  }
}

const kinds = ['node', 'simple', 'pytorch-operator', 'pytorch-converted'] as const;

/** Names of all tests with a model, as `kind/test_name`. */
export function backendTestNames(data: string): string[] {
  return kinds
    .flatMap(kind =>
      existsSync(join(data, kind))
        ? readdirSync(join(data, kind))
            .sort()
            .map(test => `${kind}/${test}`)
        : [],
    )
    .filter(name => existsSync(join(data, name, 'model.onnx')));
}

/** Models of the light zoo, whose weights are computed from their shapes. */
export function lightModels(data: string): string[] {
  const folder = join(data, 'light');
  return existsSync(folder)
    ? readdirSync(folder)
        .filter(file => file.endsWith('.onnx'))
        .sort()
        .map(file => join(folder, file))
    : [];
}

export function readBackendTest(data: string, name: string): BackendTest {
  const folder = join(data, name);
  return {
    name,
    model: join(folder, 'model.onnx'),
    inputs: arraysOf(folder, 'input').map(readArray),
    outputs: arraysOf(folder, 'output').map(readArray),
  };
}

/**
 * The test with all of its inputs but the first made constants, as a model has them whose weights are trained; the
 * model is written into `target`. Undefined where there is one input only, or a further one is no plain tensor.
 */
export function freezeBackendTest(
  data: string,
  name: string,
  inputNames: readonly string[],
  target: string,
): BackendTest | undefined {
  const test = readBackendTest(data, name);
  const files = arraysOf(join(data, name), 'input');
  if (
    test.inputs.length < 2 ||
    inputNames.length !== test.inputs.length ||
    test.inputs.slice(1).some(array => array === undefined)
  )
    return undefined;
  const model = join(target, `${name.replaceAll('/', '-')}.onnx`);
  const tensors = files.slice(1).map((file, index) => namedTensor(readFileSync(file), inputNames[index + 1]));
  writeFileSync(model, withInitializers(readFileSync(test.model), tensors));
  return { name: `frozen-${name}`, model, inputs: test.inputs.slice(0, 1), outputs: test.outputs };
}

function arraysOf(folder: string, part: 'input' | 'output'): string[] {
  const set = join(folder, 'test_data_set_0');
  if (!existsSync(set)) return [];
  return readdirSync(set)
    .filter(file => file.startsWith(`${part}_`) && file.endsWith('.pb'))
    .map((_, index) => join(set, `${part}_${index}.pb`));
}

/** Undefined for sequences, optional values, text and types that are not read. */
function readArray(file: string): NumericArray | undefined {
  try {
    const bytes = new Uint8Array(readFileSync(file));
    const constant = constantOf(readTensor({ bytes, file, offset: 0 }), new ExternalData(file, false));
    const data = constant.data();
    return data === undefined ? undefined : { elementType: constant.elementType, shape: constant.shape, data };
  } catch (error) {
    if (error instanceof ChipError) return undefined;
    throw error;
  }
}

/** A TensorProto under a name: the last of a repeated field counts. */
function namedTensor(tensor: Uint8Array, name: string): Uint8Array {
  return Buffer.concat([tensor, new BinaryWriter().tag(8, WireType.LengthDelimited).string(name).finish()]);
}

/** A ModelProto with initializers added to its graph. */
function withInitializers(model: Uint8Array, tensors: readonly Uint8Array[]): Uint8Array {
  const reader = new BinaryReader(model);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, type] = reader.tag();
    if (field !== 7) {
      reader.skip(type, field);
      writer.raw(model.subarray(start, reader.pos));
      continue;
    }
    const graph = new BinaryWriter().raw(reader.bytes());
    for (const tensor of tensors) graph.tag(5, WireType.LengthDelimited).bytes(tensor);
    writer.tag(7, WireType.LengthDelimited).bytes(graph.finish());
  }
  return writer.finish();
}
