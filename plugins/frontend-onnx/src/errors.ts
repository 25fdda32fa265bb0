import { ChipError, type ErrorLocation } from '@autodnnchip/core';
import { basename } from 'node:path';

export function emptyFile(file: string): ChipError {
  return new ChipError('ADC1001', `Model file ${file} is empty.`, {
    hint: 'Export or copy the model again.',
    location: { file },
  });
}

export function notOnnx(file: string, what: string, hint: string, byteOffset?: number): ChipError {
  return new ChipError('ADC1010', `${basename(file)} is not an ONNX model: ${what}.`, {
    hint,
    location: located({ file }, byteOffset),
  });
}

export function damaged(file: string, what: string, byteOffset: number, cause?: unknown): ChipError {
  return new ChipError('ADC1011', `${basename(file)} is cut off or corrupted: ${what} at byte ${byteOffset}.`, {
    hint: 'Copy or export the model again and compare the sizes of the files.',
    location: { file, byteOffset },
    cause,
  });
}

export function unsupportedVersion(file: string, what: string, hint: string): ChipError {
  return new ChipError('ADC1012', what, { hint, location: { file } });
}

export function externalDataMissing(file: string, tensor: string, what: string, cause?: unknown): ChipError {
  return new ChipError('ADC1013', `Weights of tensor '${tensor}' cannot be read: ${what}.`, {
    hint: 'Put the data file that the exporter wrote beside the model under its original name, or export the model again in one file. Predictions work without the weights.',
    location: { file, node: tensor },
    cause,
  });
}

/** A tensor with a shape and no values, as graph collections have them that were stripped of their weights. */
export function weightsMissing(file: string, tensor: string, shape: readonly number[]): ChipError {
  return new ChipError(
    'ADC1013',
    `The weights are missing: tensor '${tensor}' has the shape [${shape.join(', ')}] and no values.`,
    {
      hint: 'The model was stripped of its weights. Predictions work without them (predict); to build a chip, give the model with its weights.',
      location: { file, node: tensor },
    },
  );
}

export function externalDataRefused(file: string, tensor: string, location: string): ChipError {
  return new ChipError(
    'ADC1014',
    `Tensor '${tensor}' keeps its weights in '${location}', which is outside the model's folder.`,
    {
      hint: "Weights are read only from the model's own folder: move the data there and save the model with a relative location.",
      location: { file, node: tensor },
    },
  );
}

export function invalidGraph(
  file: string,
  what: string,
  node?: string,
  byteOffset?: number,
  hint = 'Check the model with onnx.checker and export it again.',
): ChipError {
  return new ChipError('ADC1015', what, { hint, location: located({ file }, byteOffset, node) });
}

export function beyondLimit(file: string, what: string, node?: string, byteOffset?: number): ChipError {
  return new ChipError('ADC1016', what, {
    hint: 'No network that a chip could run has such a size: the file is probably damaged. Export it again.',
    location: located({ file }, byteOffset, node),
  });
}

export function tensorDataMismatch(file: string, tensor: string, what: string, byteOffset?: number): ChipError {
  return new ChipError('ADC1017', `Tensor '${tensor}' ${what}.`, {
    hint: 'The file is damaged or was written by a faulty tool: export the model again.',
    location: located({ file }, byteOffset, tensor),
  });
}

export function shapeMismatch(
  file: string,
  node: string,
  operator: string,
  what: string,
  hint: string,
  byteOffset?: number,
): ChipError {
  return new ChipError('ADC1018', `${operator} '${node}': ${what}.`, {
    hint,
    location: located({ file }, byteOffset, node),
  });
}

/** `dimensions` are names, or positions where a dimension has no name. */
export function openDimensions(file: string, input: string, dimensions: readonly (string | number)[]): ChipError {
  const named = dimensions.find(dimension => typeof dimension === 'string');
  const fix =
    named === undefined ? `--input_name ${input} --input_shape 1,3,224,224` : `--dim_param ${named} --dim_value 224`;
  const list = dimensions
    .map(dimension => (typeof dimension === 'string' ? `'${dimension}'` : `dimension ${dimension}`))
    .join(', ');
  return new ChipError('ADC1019', `Input '${input}' has no fixed size in ${list}: a chip is built for one size.`, {
    hint: `Export the model with fixed sizes, or fix them, for instance with: python -m onnxruntime.tools.make_dynamic_shape_fixed ${fix} in.onnx out.onnx`,
    location: { file, node: input },
  });
}

export function unusableQuantization(file: string, node: string, what: string, hint: string): ChipError {
  return new ChipError('ADC1020', `'${node}': ${what}.`, { hint, location: { file, node } });
}

export function unsupportedElementType(file: string, tensor: string, type: string): ChipError {
  return new ChipError('ADC1021', `Tensor '${tensor}' has elements of type ${type}, which is not supported.`, {
    hint: 'Export the model with float32, float16, or 8-bit quantised tensors.',
    location: { file, node: tensor },
  });
}

function located(location: ErrorLocation, byteOffset?: number, node?: string): ErrorLocation {
  return {
    ...location,
    ...(node === undefined ? {} : { node }),
    ...(byteOffset === undefined ? {} : { byteOffset }),
  };
}
