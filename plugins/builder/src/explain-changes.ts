import { explainEach, explainedFiguresOf, explaining, type Explained, type Prediction } from '@autodnnchip/core';

/**
 * Explanations of a prediction as it is shown: a figure that a plugin added or changed through the `predict` hook says
 * so, and what it was before.
 */
export function explainChanges(prediction: Prediction, explained: Explained<Prediction>): Explained<Prediction> {
  const { byPath } = explainedFiguresOf(explained);
  return explainEach(prediction, (value, path) => {
    const before = byPath.get(path);
    if (before?.value === value) return before;
    return explaining.procedure(
      path,
      value,
      before?.unit ?? '1',
      'set by a plugin through the predict hook',
      before === undefined ? [] : [explaining.named('before', before)],
    );
  });
}
