import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  arrayFor,
  ChipError,
  elementCount,
  noteOnArray,
  type NamedArray,
  type Network,
  type NetworkExecutor,
  type Tensor,
} from '@autodnnchip/core';
import { ValueRange, type RangeRule } from './value-range.js';

/**
 * Runs a float network on calibration inputs and gives the range of each wanted tensor.
 * @param calibration per network input one or more arrays of its name; each holds one or more samples along its first
 *   dimension. A network with one input also takes an array named `input`, or a single array of any name.
 */
export async function calibrate(
  network: Network,
  wanted: readonly string[],
  calibration: readonly NamedArray[],
  executor: NetworkExecutor,
  rule: RangeRule,
): Promise<Map<string, ValueRange>> {
  const ranges = new Map(wanted.map(name => [name, new ValueRange(rule)]));
  const probe: Network = { ...network, outputs: wanted };
  for (const sample of calibrationSamples(network, calibration)) {
    // A sample may take seconds: signals are heard in between.
    await nextTurn();
    const results = await executor.run(probe, sample);
    for (const { name, data } of results) {
      refuseNonFinite(network, name, data as Float32Array);
      ranges.get(name)?.add(data as Float32Array);
    }
  }
  return ranges;
}

/** A scale comes from finite numbers only: what is not one spoils the tensor and all that follow. */
function refuseNonFinite(network: Network, name: string, values: Float32Array): void {
  const at = values.findIndex(value => !Number.isFinite(value));
  if (at === -1) return;
  throw new ChipError(
    'ADC3102',
    `${network.name} cannot be quantised: its tensor '${name}' takes the value ${values[at]} on the calibration inputs.`,
    {
      location: { file: network.source, node: name },
      hint: 'Check the weights of the model for NaN, and that the calibration inputs are in the range that the network was trained for.',
    },
  );
}

/** Sets of inputs for one run each. */
function calibrationSamples(network: Network, calibration: readonly NamedArray[]): NamedArray[][] {
  const perInput = network.inputs.map(name => {
    const tensor = network.tensors.get(name) as Tensor;
    const arrays = arraysFor(network, name, calibration);
    return arrays.flatMap(array => splitSamples(network, tensor, array));
  });
  const count = perInput[0]?.length ?? 0;
  const uneven = perInput.findIndex(samples => samples.length !== count);
  if (uneven !== -1) {
    throw new ChipError(
      'ADC1105',
      `Calibration has ${count} samples of '${network.inputs[0]}' but ${perInput[uneven].length} of '${network.inputs[uneven]}'.`,
      {
        location: { file: network.source },
        hint: 'Give as many samples for every input.',
      },
    );
  }
  if (count === 0)
    throw new ChipError('ADC1105', 'Calibration holds no sample.', {
      location: { file: network.source },
      hint: 'Give at least one array per network input.',
    });
  return Array.from({ length: count }, (_, sample) => perInput.map(samples => samples[sample]));
}

/** A word for each input that is calibrated with an array of another name, unless the user chose that. */
export function notesOnCalibration(network: Network, calibration: readonly NamedArray[]): string[] {
  return network.inputs.flatMap(name => {
    const note = noteOnArray(name, arraysFor(network, name, calibration)[0]);
    return note === undefined ? [] : [`Calibration: the input ${note}`];
  });
}

function arraysFor(network: Network, name: string, calibration: readonly NamedArray[]): readonly NamedArray[] {
  const named = calibration.filter(array => array.name === name);
  if (named.length > 0) return named;
  if (network.inputs.length === 1) {
    const usual = calibration.filter(array => array.name === 'input');
    if (usual.length > 0) return usual;
  }
  const lone = arrayFor(name, network.inputs, calibration);
  if (lone !== undefined) return [lone];
  throw new ChipError('ADC1105', `Calibration has no array for input '${name}' of ${network.name}.`, {
    location: { file: network.source },
    hint: `Arrays given: ${calibration.map(array => array.name).join(', ') || 'none'}. Name one '${name}', for instance with numpy.savez(file, **{'${name}': values}).`,
  });
}

/** Cuts an array of several samples, stacked along the first dimension, into runs of the network's own batch. */
function splitSamples(network: Network, tensor: Tensor, array: NamedArray): NamedArray[] {
  const size = elementCount(tensor.shape);
  const inner = tensor.shape.slice(1);
  const tail = array.shape.slice(-inner.length);
  const fits =
    inner.every((extent, axis) => extent === tail[axis]) &&
    array.shape.length >= inner.length &&
    array.data.length > 0 &&
    array.data.length % size === 0;
  if (!fits) {
    throw new ChipError(
      'ADC1105',
      `Calibration array '${array.name}' has shape [${array.shape.join(', ')}]; ${network.name} takes [${tensor.shape.join(', ')}].`,
      {
        location: { file: network.source },
        hint: "Stack samples along the first dimension; all other dimensions are the network's.",
      },
    );
  }
  const { data } = array;
  const notFinite =
    typeof data[0] === 'bigint' ? -1 : (data as Float32Array).findIndex(value => !Number.isFinite(value));
  if (notFinite !== -1) {
    throw new ChipError(
      'ADC1105',
      `Calibration array '${array.name}' holds ${String(data[notFinite])} as its value ${notFinite}.`,
      {
        location: { file: network.source, node: tensor.name },
        hint: 'Give finite numbers only, as the network meets them in use.',
      },
    );
  }
  return Array.from({ length: array.data.length / size }, (_, sample) => ({
    name: tensor.name,
    elementType: array.elementType,
    shape: tensor.shape,
    data: array.data.subarray(sample * size, (sample + 1) * size),
  }));
}
