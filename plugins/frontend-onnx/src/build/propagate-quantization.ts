import type { Operator } from '@autodnnchip/core';
import { unusableQuantization } from '../errors.js';
import { isQuantizedType } from '../tensors/data-types.js';
import type { TensorDraft } from './network-builder.js';
import { quantizationText, sameQuantization } from './quantization.js';

const movingKinds: ReadonlySet<Operator['kind']> = new Set([
  'reshape',
  'transpose',
  'maxPool',
  'concat',
  'pad',
  'spaceToDepth',
]);
const movingSources: ReadonlySet<string> = new Set([
  'Slice',
  'Split',
  'Gather',
  'GatherElements',
  'GatherND',
  'Expand',
  'Tile',
  'DepthToSpace',
]);

/**
 * Operators that only move values do not state a quantisation: their results have that of their inputs, and the other
 * way round. Throws where the two are stated elsewhere and differ.
 */
export function propagateQuantization(
  file: string,
  operators: readonly Operator[],
  drafts: ReadonlyMap<string, TensorDraft>,
): void {
  const moving = operators.filter(
    operator =>
      (movingKinds.has(operator.kind) && !operator.sourceType.startsWith('QLinear')) ||
      (operator.kind === 'other' && movingSources.has(operator.sourceType)),
  );
  for (const operator of moving) spread(file, operator, movedInputs(operator), operator.outputs, drafts);
  for (const operator of [...moving].reverse()) spread(file, operator, operator.outputs, movedInputs(operator), drafts);
}

function movedInputs(operator: Operator): readonly string[] {
  return operator.kind === 'concat' ? operator.inputs : operator.inputs.slice(0, 1);
}

function spread(
  file: string,
  operator: Operator,
  from: readonly string[],
  to: readonly string[],
  drafts: ReadonlyMap<string, TensorDraft>,
): void {
  for (const source of from) {
    const given = drafts.get(source);
    if (given?.quantization === undefined || given.quantization.axis !== undefined || !isQuantized(given)) continue;
    for (const target of to) {
      const taken = drafts.get(target);
      if (taken === undefined || !isQuantized(taken)) continue;
      if (taken.quantization === undefined) {
        taken.quantization = given.quantization;
        taken.quantizedBy = operator.name;
      } else if (taken.quantization.axis === undefined && !sameQuantization(taken.quantization, given.quantization)) {
        throw unusableQuantization(
          file,
          operator.name,
          `${operator.sourceType} only moves values, but '${source}' has ${quantizationText(given.quantization)} and '${target}' has ${quantizationText(taken.quantization)}`,
          'The model contradicts itself: quantise it again so that both have one scale and zero point.',
        );
      }
    }
  }
}

function isQuantized(draft: TensorDraft): boolean {
  return draft.type !== undefined && isQuantizedType(draft.type.elementType);
}
