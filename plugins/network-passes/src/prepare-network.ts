import { ChipError, type NamedArray, type Network, type NetworkExecutor } from '@autodnnchip/core';
import { foldNetwork } from './fold/fold-network.js';
import { fuseActivations } from './fuse/fuse-activations.js';
import { fuseQuantizedNetwork } from './fuse/fuse-quantized.js';
import { normalizeNetwork } from './normalize/normalize-network.js';
import { calibrate, notesOnCalibration } from './quantize/calibrate.js';
import { planQuantization } from './quantize/plan.js';
import { perTensor } from './quantize/quantization.js';
import { quantizeOperators } from './quantize/quantize-network.js';
import { quantizeOpenResults } from './quantize/quantize-open-results.js';
import { rewriteQdq } from './quantize/rewrite-qdq.js';

export interface QuantizeOptions {
  /** Inputs that a float network's ranges are measured on. */
  readonly calibration?: readonly NamedArray[] | undefined;
  /** Runs the float network on them. */
  readonly executor?: NetworkExecutor | undefined;
  /** Share of values, in percent, that ranges cover; 100 (the default) takes minimum and maximum. */
  readonly percentile?: number | undefined;
  /**
   * The host can take over what the chip cannot: a result without a quantize operator then stays real where no
   * calibration gives it a scale.
   */
  readonly hostFallback?: boolean | undefined;
}

/**
 * Makes a network ready for hardware: folded, fused and on integers. What has no quantised form stays float, between a
 * dequantize and a quantize operator where it is amid the network, so that lowering can name it. Networks without
 * weights get the same shape with scales of 1 (`assumeQuantized`).
 */
export async function prepareNetwork(network: Network, options: QuantizeOptions = {}): Promise<Network> {
  return fuseQuantizedNetwork(await quantizeNetwork(foldNetwork(normalizeNetwork(network)), options));
}

/** True where a network, or some of it, is quantised already. */
export function isQuantized(network: Network): boolean {
  return (
    network.operators.some(({ kind }) => kind === 'quantize' || kind === 'dequantize' || kind === 'requantize') ||
    [...network.tensors.values()].some(tensor => tensor.quantization !== undefined)
  );
}

/** Brings a network to QLinear form: rewrites QDQ form, or quantises a float network from calibration inputs. */
export async function quantizeNetwork(network: Network, options: QuantizeOptions = {}): Promise<Network> {
  const fused = fuseActivations(network);
  if (isQuantized(network)) return await quantizeOpenResults(rewriteQdq(fused), options);
  if (network.weightless) return assumeQuantized(fused);
  return quantizeFromCalibration(fused, options);
}

/**
 * Post-training quantisation of a float network: int8 weights per channel, int8 activations per tensor with ranges from
 * running the network on calibration inputs.
 */
export async function quantizeFromCalibration(
  network: Network,
  { calibration, executor, percentile = 100 }: QuantizeOptions,
): Promise<Network> {
  const plan = planQuantization(network);
  if (plan.operators.size === 0) return network;
  refuseWhatCannotRun(network);
  if (calibration === undefined || calibration.length === 0) {
    throw new ChipError(
      'ADC3101',
      `${network.name} computes with floating-point numbers; the chip needs a quantised network.`,
      {
        location: { file: network.source },
        hint: `Give typical inputs with --calibration FILE.npz (arrays named ${network.inputs.map(name => `'${name}'`).join(', ')}, samples along the first dimension), or quantise the model with onnxruntime.quantization.`,
      },
    );
  }
  if (executor === undefined)
    throw new ChipError('ADC3102', 'Calibration needs a network executor, and none is there.', {
      hint: 'Make the plugin as networkPasses({ executor }), for instance with createReferenceExecutor().',
    });
  const ranges = await calibrate(network, plan.ranged, calibration, executor, { percentile });
  const quantized = quantizeOperators(network, plan, name => ranges.get(name)?.quantization() ?? perTensor(1, 0));
  const notes = notesOnCalibration(network, calibration);
  return notes.length === 0 ? quantized : { ...quantized, notes: [...(network.notes ?? []), ...notes] };
}

/** Ranges come from running the network: an operator without a float form stops that. */
function refuseWhatCannotRun(network: Network): void {
  const unknown = network.operators.filter(operator => operator.kind === 'other');
  if (unknown.length === 0) return;
  const isDynamic = unknown.some(({ sourceType }) => sourceType === 'DynamicQuantizeLinear');
  const list = unknown
    .slice(0, 20)
    .map(({ name, sourceType, attributes }) => `\n  ${name} (${sourceType}): ${attributes.reason}`)
    .join('');
  const more = unknown.length > 20 ? `\n  and ${unknown.length - 20} more` : '';
  throw new ChipError(
    'ADC3102',
    `${network.name} cannot be quantised: ${unknown.length} of its operators cannot be run for calibration:${list}${more}`,
    {
      location: { file: network.source, node: unknown[0].name },
      hint: isDynamic
        ? 'The model is quantised dynamically: its scales are computed while it runs. Quantise the float model with onnxruntime.quantization.quantize_static instead.'
        : 'Leave these operators out of the model, or quantise the model with onnxruntime.quantization before.',
    },
  );
}

/**
 * The shape of a quantised network without its numbers: every activation int8 with scale 1 and zero point 0, constants
 * without data. For prediction only.
 */
export function assumeQuantized(network: Network): Network {
  const quantized = quantizeOperators(network, planQuantization(network), () => perTensor(1, 0));
  return { ...quantized, weightless: true };
}
