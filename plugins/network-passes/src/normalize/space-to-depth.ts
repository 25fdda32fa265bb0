import type { Operator, ReshapeOperator, SpaceToDepthOperator, TransposeOperator } from '@autodnnchip/core';
import type { NetworkEditor } from '../network-editor.js';

const orders: readonly { order: SpaceToDepthOperator['attributes']['order']; permutation: readonly number[] }[] = [
  { order: 'blocksFirst', permutation: [0, 3, 5, 1, 2, 4] },
  { order: 'channelsFirst', permutation: [0, 1, 3, 5, 2, 4] },
];

/**
 * Makes reorg layers one operator: reshape [N C H W] to [N C H/b b W/b b], transpose of the blocks to the front (before
 * or after the channels), reshape to [N C*b*b H/b W/b]. This is how exporters write `space_to_depth` and
 * `pixel_unshuffle`.
 */
export function recognizeSpaceToDepth(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (operator.kind !== 'transpose' || !editor.has(operator)) continue;
    const before = editor.producer(operator.inputs[0]);
    const after = editor.onlyConsumer(operator.outputs[0]);
    if (before?.kind !== 'reshape' || after?.kind !== 'reshape' || editor.onlyConsumer(before.outputs[0]) !== operator)
      continue;
    const found = matchReorg(editor, before, operator, after);
    if (found !== undefined) replaceChain(editor, [before, operator, after], found);
  }
}

function matchReorg(
  editor: NetworkEditor,
  before: ReshapeOperator,
  transpose: TransposeOperator,
  after: ReshapeOperator,
): SpaceToDepthOperator | undefined {
  const input = editor.tensor(before.inputs[0]).shape;
  const split = editor.tensor(before.outputs[0]).shape;
  const output = editor.tensor(after.outputs[0]).shape;
  if (input.length !== 4 || split.length !== 6 || output.length !== 4) return undefined;
  const block = split[3];
  const [batch, channels, rows, columns] = input;
  const wantedSplit = [batch, channels, rows / block, block, columns / block, block];
  const wantedOutput = [batch, channels * block * block, rows / block, columns / block];
  const match = orders.find(({ permutation }) => equal(permutation, transpose.attributes.permutation));
  if (match === undefined || !equal(split, wantedSplit) || !equal(output, wantedOutput)) return undefined;
  return {
    name: transpose.name,
    kind: 'spaceToDepth',
    inputs: [before.inputs[0]],
    outputs: [...after.outputs],
    attributes: { block, order: match.order },
    sourceType: `${before.sourceType}-${transpose.sourceType}-${after.sourceType}`,
  };
}

function replaceChain(editor: NetworkEditor, chain: readonly Operator[], replacement: Operator): void {
  for (const operator of chain) editor.remove(operator);
  editor.add(replacement);
}

function equal(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
