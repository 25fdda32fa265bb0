import type { Operator, Tensor } from '@autodnnchip/core';

import { tensorOf } from './quantized-tensor.js';
import type { LoweringContext } from './lowering-context.js';
import { Refusal } from './refusal.js';

const realTypes: ReadonlySet<string> = new Set(['float32', 'float16', 'float64']);

/** Conversions, and kinds that are refused whatever they read. */
const kindsWithReason: ReadonlySet<Operator['kind']> = new Set([
  'quantize',
  'dequantize',
  'softmax',
  'matMul',
  'batchNormalization',
  'other',
]);

/**
 * Refuses an operator that was left with real numbers, by what keeps it from integers: an input that nothing quantises,
 * weights that are real numbers, or a result that is not quantised, or not by all that read it.
 */
export function refuseRealNumbers(context: LoweringContext, operator: Operator): void {
  if (kindsWithReason.has(operator.kind)) return;
  const isWeighted = operator.kind === 'conv' || operator.kind === 'fullyConnected';
  const isReal = (name: string): boolean => name !== '' && realTypes.has(tensorOf(context, name).elementType);
  const real = operator.inputs.filter(isReal);
  const results = operator.outputs.filter(isReal);
  if (real.length === 0 && results.length === 0) return;
  for (const [index, name] of operator.inputs.entries()) {
    if (!isReal(name)) continue;
    const role = !isWeighted || index === 0 ? 'input' : index === 1 ? 'weights' : 'bias';
    const reason = reasonAgainstInput(context, name, role);
    if (reason !== undefined) throw new Refusal(reason);
  }
  for (const name of results) throw new Refusal(reasonAgainstResult(context, operator, name));
}

function reasonAgainstInput(
  context: LoweringContext,
  name: string,
  role: 'input' | 'weights' | 'bias',
): string | undefined {
  const producer = context.producers.get(name);
  const plural = role === 'weights' ? 'are' : 'is';
  if (producer?.kind === 'dequantize') {
    const source = tensorOf(context, producer.inputs[0]);
    if (role === 'bias') return undefined;
    if (source.elementType !== 'int8' && source.elementType !== 'uint8')
      return `its ${role} '${name}' ${plural} quantised to ${source.elementType}; the chip computes on 8-bit integers`;
    return reasonAgainstScales(source, role);
  }
  const tensor = tensorOf(context, name);
  if (role === 'bias') return tensor.role === 'constant' ? undefined : `its bias '${name}' is computed, not constant`;
  const { elementType } = tensor;
  if (tensor.role === 'constant')
    return `its ${role === 'input' ? 'operand' : role} '${name}' ${plural} ${elementType}; the chip computes on 8-bit integers, so ${role === 'weights' ? 'they' : 'it'} must be quantised`;
  if (producer === undefined)
    return `its input '${name}' is ${elementType} and not quantised; the chip computes on 8-bit integers`;
  return `its input '${name}' is ${elementType}: ${producer.name} (${producer.sourceType}) computes it, and nothing quantises it`;
}

function reasonAgainstScales({ name, quantization }: Tensor, role: 'input' | 'weights'): string | undefined {
  if (quantization === undefined || quantization.scales.length === 1) return undefined;
  if (role === 'input') return `feature map '${name}' has a scale per channel`;
  return (quantization.axis ?? 0) === 0
    ? undefined
    : `its weights '${name}' have ${quantization.scales.length} scales along dimension ${quantization.axis}; the chip takes one, or one per output channel`;
}

/** All inputs are quantised. */
function reasonAgainstResult(context: LoweringContext, operator: Operator, name: string): string {
  const readers = context.consumers.get(name) ?? [];
  const quantizers = readers.filter(({ kind }) => kind === 'quantize');
  const others = readers.filter(({ kind }) => kind !== 'quantize');
  if (quantizers.length === 0) {
    return `its result '${name}' is not quantised: no QuantizeLinear follows it; the chip gives 8-bit integers, whose range calibration inputs (--calibration FILE) would tell`;
  }
  const elsewhere =
    others.length > 0 ? `${others[0].name} (${others[0].sourceType}) reads it` : 'the network gives it out';
  if (others.length > 0 || context.network.outputs.includes(name))
    return `its result '${name}' is quantised, but ${elsewhere} as real numbers too; calibration inputs (--calibration FILE) let that reader have the quantised values`;
  const target = tensorOf(context, quantizers[0].outputs[0]);
  if (target.elementType !== 'int8' && target.elementType !== 'uint8')
    return `its result '${name}' is quantised to ${target.elementType}; the chip computes on 8-bit integers`;
  if ((target.quantization?.scales.length ?? 1) !== 1)
    return `feature map '${name}' is quantised with a scale per channel`;
  return `it has no integer form: the chip has no rule for ${operator.kind === 'binary' ? `element-wise ${operator.attributes.function}` : operator.sourceType} of these quantised values`;
}
