import { encodeModel, floats, int8s, type NodeSpec, type TensorSpec } from '../frontend-onnx/onnx-writer.js';

const scale = (name: string, value: number): TensorSpec[] => [
  floats(`${name}_s`, [], [value]),
  int8s(`${name}_z`, [], [0]),
];

function convolution(x: string, w: string, y: string): NodeSpec {
  return {
    operator: 'QLinearConv',
    name: y,
    inputs: [x, `${x}_s`, `${x}_z`, w, `${w}_s`, `${w}_z`, `${y}_s`, `${y}_z`],
    outputs: [y],
  };
}

/**
 * An ONNX file in QOperator form: the picture is scaled in float before it is quantised, a softmax follows the last
 * dequantisation.
 */
export function modelWithHeadAndTail(): Uint8Array {
  return encodeModel({
    inputs: [{ name: 'picture', shape: [1, 3, 5, 6] }],
    outputs: [{ name: 'probabilities', shape: [1, 4, 5, 6] }],
    nodes: [
      { operator: 'Div', name: 'scaling', inputs: ['picture', 'deviation'], outputs: ['scaled'] },
      { operator: 'QuantizeLinear', name: 'into', inputs: ['scaled', 'x_s', 'x_z'], outputs: ['x'] },
      convolution('x', 'w', 'features'),
      convolution('features', 'v', 'y'),
      { operator: 'DequantizeLinear', name: 'out of', inputs: ['y', 'y_s', 'y_z'], outputs: ['logits'] },
      { operator: 'Softmax', name: 'tail', inputs: ['logits'], outputs: ['probabilities'], attributes: { axis: 1 } },
    ],
    initializers: [
      floats('deviation', [1, 3, 1, 1], [0.25, 0.5, 0.125]),
      int8s('w', [5, 3, 1, 1], [9, -8, 7, -6, 5, -4, 3, -2, 1, 0, -1, 2, -3, 4, -5]),
      int8s(
        'v',
        [4, 5, 1, 1],
        Array.from({ length: 20 }, (_, index) => ((index * 7) % 19) - 9),
      ),
      ...scale('x', 0.05),
      ...scale('w', 0.02),
      ...scale('features', 0.03),
      ...scale('v', 0.01),
      ...scale('y', 0.02),
    ],
  });
}
