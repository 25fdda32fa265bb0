import type { NumericArray, Operator } from '@autodnnchip/core';
import { runBinary, runClip, runRequantize, runUnary } from './operators/elementwise.js';
import {
  runConcat,
  runDequantize,
  runPad,
  runQuantize,
  runReshape,
  runSpaceToDepth,
  runTranspose,
} from './operators/layout.js';
import { runBatchNormalization, runSoftmax } from './operators/normalization.js';
import { cannotRun, outputTensor, inputTensor, quantized, type OperatorContext } from './operators/operator-context.js';
import { runAveragePool, runGlobalAveragePool, runMaxPool } from './operators/pooling.js';
import { runConv, runFullyConnected, runMatMul } from './operators/weighted.js';

/** Runs one operator; its inputs have values. */
export function runOperator(context: OperatorContext): NumericArray {
  const narrowed = <Kind extends Operator>(operator: Kind): OperatorContext<Kind> => ({ ...context, operator });
  const { operator } = context;
  switch (operator.kind) {
    case 'conv':
      return runConv(narrowed(operator));
    case 'fullyConnected':
      return runFullyConnected(narrowed(operator));
    case 'matMul':
      return runMatMul(narrowed(operator));
    case 'binary':
      return runBinary(narrowed(operator));
    case 'maxPool':
      return runMaxPool(narrowed(operator));
    case 'averagePool':
      return runAveragePool(narrowed(operator));
    case 'globalAveragePool':
      return runGlobalAveragePool(narrowed(operator));
    case 'unary':
      return runUnary(narrowed(operator));
    case 'clip':
      return runClip(narrowed(operator));
    case 'batchNormalization':
      return runBatchNormalization(narrowed(operator));
    case 'concat':
      return runConcat(narrowed(operator));
    case 'reshape':
      return runReshape(narrowed(operator));
    case 'transpose':
      return runTranspose(narrowed(operator));
    case 'pad':
      return runPad(narrowed(operator));
    case 'spaceToDepth':
      return runSpaceToDepth(narrowed(operator));
    case 'softmax':
      return runSoftmax(narrowed(operator));
    case 'quantize':
      quantized(context, outputTensor(context));
      return runQuantize(context);
    case 'dequantize':
      quantized(context, inputTensor(context, 0));
      return runDequantize(context);
    case 'requantize':
      return runRequantize(narrowed(operator));
    case 'other':
      throw cannotRun(context, operator.attributes.reason);
  }
}
