import type { Network, Operator, Quantization } from '@autodnnchip/core';
import { NetworkEditor } from '../network-editor.js';
import type { QuantizeOptions } from '../prepare-network.js';
import { calibrate, notesOnCalibration } from './calibrate.js';
import { closeTensors, openTensors, type OpenTensor } from './open-results.js';
import { perTensor } from './quantization.js';
import { resultBound } from './result-bound.js';
import { rewriteQdq } from './rewrite-qdq.js';

/**
 * Gives scales to what a QDQ network leaves unquantised amid integers. With calibration inputs, every such tensor gets
 * the range that it takes on them. Without, results that are outputs of the network get the range that they can have at
 * all, so that nothing saturates; everything else stays real, for the chip to refuse or the host to run. The network's
 * notes say what was decided.
 */
export async function quantizeOpenResults(network: Network, options: QuantizeOptions): Promise<Network> {
  const { calibration, executor, percentile = 100, hostFallback = false } = options;
  const isCalibrated = calibration !== undefined && calibration.length > 0 && executor !== undefined;
  const open = openTensors(network, isCalibrated);
  if (!isCalibrated && (hostFallback || (open.length === 0 && !network.weightless))) return network;
  const scales = network.weightless
    ? new Map(open.map(({ name }) => [name, perTensor(1, 0)]))
    : isCalibrated
      ? await measuredScales(network, open, options, percentile)
      : boundScales(network, open);
  const closed = closeTensors(network, open, ({ name }) => scales.get(name));
  if (closed === network) {
    return isCalibrated
      ? {
          ...network,
          notes: [...(network.notes ?? []), 'The calibration inputs are not used: the model has its scales already.'],
        }
      : network;
  }
  const realWeights =
    isCalibrated && !network.weightless ? layersWithRealWeights(network, closed).map(describeWeights) : [];
  const scaleOf = ({ name, known }: OpenTensor): number | undefined =>
    known?.quantization.scales[0] ?? scales.get(name)?.scales[0];
  const notes = network.weightless
    ? []
    : open.flatMap(tensor => {
        const scale = scaleOf(tensor);
        return scale === undefined ? [] : [describe(tensor, scale, isCalibrated)];
      });
  return {
    ...rewriteQdq(closed),
    notes: [
      ...(network.notes ?? []),
      ...(isCalibrated ? notesOnCalibration(network, calibration) : []),
      ...notes,
      ...realWeights,
    ],
  };
}

async function measuredScales(
  network: Network,
  open: readonly OpenTensor[],
  { calibration, executor }: QuantizeOptions,
  percentile: number,
): Promise<Map<string, Quantization>> {
  const wanted = open.filter(({ known }) => known === undefined).map(({ name }) => name);
  if (calibration === undefined || executor === undefined || wanted.length === 0) return new Map();
  const ranges = await calibrate(network, wanted, calibration, executor, { percentile });
  return new Map([...ranges].map(([name, range]) => [name, range.quantization()]));
}

function boundScales(network: Network, open: readonly OpenTensor[]): Map<string, Quantization> {
  const editor = new NetworkEditor(network);
  const scales = new Map<string, Quantization>();
  for (const { name, operator, known } of open) {
    const bound = known !== undefined || operator === undefined ? undefined : resultBound(editor, operator);
    if (bound === undefined) continue;
    const [low, high] = [Math.min(0, bound.low), Math.max(0, bound.high)];
    // One level is left over, so that rounding the zero point cuts off neither end.
    const scale = Math.fround((high - low) / 254);
    if (Number.isFinite(scale))
      scales.set(name, scale > 0 ? perTensor(scale, Math.round(-127 - low / scale)) : perTensor(1, 0));
  }
  return scales;
}

/** Layers whose weights were constants, and are what a dequantize operator makes of integers now. */
function layersWithRealWeights(before: Network, after: Network): readonly Operator[] {
  const isConstant = ({ tensors }: Network, { inputs }: Operator): boolean =>
    tensors.get(inputs[1])?.role === 'constant';
  const real = new Set(
    before.operators.filter(operator => isWeighted(operator) && isConstant(before, operator)).map(({ name }) => name),
  );
  return after.operators.filter(operator => real.has(operator.name) && !isConstant(after, operator));
}

function isWeighted({ kind }: Operator): boolean {
  return kind === 'conv' || kind === 'fullyConnected';
}

function describeWeights({ name, sourceType }: Operator): string {
  return `The weights of ${name} (${sourceType}) are real numbers in the model; they are rounded to 8 bits, with a scale for each channel.`;
}

function describe({ name, operator, known }: OpenTensor, scale: number, isCalibrated: boolean): string {
  const step = `8 bits in steps of ${scale.toPrecision(4)}`;
  if (operator === undefined)
    return `The input '${name}' is not quantised in the model; it gets ${step}, from the calibration inputs.`;
  const subject = `The result '${name}' of ${operator.name} (${operator.sourceType}) is not quantised in the model; it gets ${step}`;
  if (known !== undefined) return `${subject}, as its other readers quantise it.`;
  if (isCalibrated) return `${subject}, from the calibration inputs.`;
  return (
    `${subject}, from the largest values that its weights allow: at most ${(scale / 2).toPrecision(3)} from the exact result for the same quantised inputs. ` +
    'Typical inputs (--calibration FILE) give finer steps; --host-fallback computes it on the host.'
  );
}
