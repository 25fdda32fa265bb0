import { ChipError } from '@autodnnchip/core';
import { notOnnx } from '../errors.js';
import type { OnnxGraph, OnnxModel } from './model.js';
import { readGraph } from './read-graph.js';
import { recognizeOtherFormat } from './recognize.js';
import { readFields, type Region } from './wire.js';

/** Decodes a ModelProto. Tensor values stay in the file's bytes until they are asked for. */
export function readModel(file: string, bytes: Uint8Array): OnnxModel {
  const other = recognizeOtherFormat(bytes);
  if (other !== undefined) throw notOnnx(file, `it looks like ${other.what}`, other.hint, 0);
  let irVersion = 0;
  let graph: OnnxGraph | undefined;
  const producer: string[] = [];
  const operatorSets = new Map<string, number>();
  const functions = new Set<string>();
  try {
    readFields({ file, bytes, offset: 0 }, 'ModelProto', {
      1: field => {
        irVersion = field.integer();
      },
      2: field => {
        producer[0] = field.text();
      },
      3: field => {
        producer[1] = field.text();
      },
      7: field => {
        graph = readGraph(field.region());
      },
      8: field => {
        operatorSets.set(...readOperatorSet(field.region()));
      },
      25: field => {
        functions.add(readFunctionName(field.region()));
      },
    });
  } catch (error) {
    const first = bytes[0];
    if (error instanceof ChipError && error.code === 'ADC1011' && first !== 0x08) {
      throw notOnnx(file, 'its first bytes are not those of a model', 'Give a file that an ONNX exporter wrote.', 0);
    }
    throw error;
  }
  if (graph === undefined)
    throw notOnnx(
      file,
      'it has no graph',
      'Give a file that an ONNX exporter wrote; a file that was cut off may also look like this.',
    );
  return { file, irVersion, producer: producer.filter(Boolean).join(' '), operatorSets, functions, graph };
}

function readOperatorSet(message: Region): [string, number] {
  let domain = '';
  let version = 0;
  readFields(message, 'OperatorSetIdProto', {
    1: field => {
      domain = field.text();
    },
    2: field => {
      version = field.integer();
    },
  });
  return [domain === 'ai.onnx' ? '' : domain, version];
}

function readFunctionName(message: Region): string {
  let name = '';
  let domain = '';
  readFields(message, 'FunctionProto', {
    1: field => {
      name = field.text();
    },
    10: field => {
      domain = field.text();
    },
  });
  return `${domain}:${name}`;
}
