import type { BinaryOperator } from '@autodnnchip/core';
import { addConstant, constantValues, isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';

/**
 * Float `x - c` becomes `x + (-c)` and `x / c` becomes `x * (1/c)`, so that only sums and products are left for
 * hardware.
 */
export function turnConstantOperands(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (operator.kind !== 'binary' || !editor.isConstant(operator.inputs[1])) continue;
    const { function: name } = operator.attributes;
    if ((name !== 'sub' && name !== 'div') || !isFloatTensor(editor.tensor(operator.outputs[0]))) continue;
    const constant = editor.tensor(operator.inputs[1]);
    const values = constantValues(editor, constant.name);
    if (values === undefined && constant.data !== undefined) continue;
    const turned = values?.map(value => (name === 'sub' ? -value : 1 / value));
    const replacement = addConstant(editor, {
      name: `${constant.name}_${name === 'sub' ? 'negated' : 'inverse'}`,
      elementType: 'float32',
      shape: constant.shape,
      data: turned,
    });
    const rewritten: BinaryOperator = {
      ...operator,
      inputs: [operator.inputs[0], replacement.name],
      attributes: { ...operator.attributes, function: name === 'sub' ? 'add' : 'mul' },
    };
    editor.replace(operator, rewritten);
  }
}
