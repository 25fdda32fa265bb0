import { invalidGraph, notOnnx, unsupportedVersion } from '../errors.js';
import type { OnnxModel } from '../protobuf/model.js';

const oldestOperatorSet = 7;
const newestOperatorSet = 28;
const newestIrVersion = 14;

/**
 * Refuses versions whose meaning differs; gives notes on versions that are newer than what this front end was written
 * for.
 */
export function checkVersions(model: OnnxModel): string[] {
  const { file, irVersion, operatorSets, graph } = model;
  const notes: string[] = [];
  if (irVersion < 1) throw notOnnx(file, 'it states no IR version', 'Give a file that an ONNX exporter wrote.');
  if (irVersion < 3)
    throw unsupportedVersion(
      file,
      `IR version ${irVersion} is too old: versions from 3 on are supported.`,
      'Convert the model with onnx.version_converter or export it again.',
    );
  if (irVersion > newestIrVersion)
    notes.push(
      `IR version ${irVersion} is newer than ${newestIrVersion}, the newest that was known when this was written.`,
    );
  const version = operatorSets.get('');
  if (version === undefined) {
    if (graph.nodes.some(node => node.domain === ''))
      throw unsupportedVersion(
        file,
        'The model does not say which operator set it uses.',
        'Export the model again: opset_import is missing.',
      );
  } else if (version < oldestOperatorSet) {
    throw unsupportedVersion(
      file,
      `Operator set ${version} is too old: sets from ${oldestOperatorSet} on are supported.`,
      'Convert the model with onnx.version_converter.convert_version(model, 17).',
    );
  } else if (version > newestOperatorSet) {
    notes.push(
      `Operator set ${version} is newer than ${newestOperatorSet}, the newest that was known when this was written.`,
    );
  }
  if (graph.sparseInitializers > 0)
    throw invalidGraph(
      file,
      'The model has sparse initializers, which are not supported.',
      undefined,
      undefined,
      'Export the model with dense weights.',
    );
  return notes;
}
