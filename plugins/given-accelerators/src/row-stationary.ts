import { quantity, type GraphResource } from '@autodnnchip/core';
import type { LayerWork } from './layer-work.js';
import { folds, type AcceleratorModel, type AcceleratorPlan, type ModelRequest } from './model.js';
import { buildPlan } from './plan-builder.js';
import { findMapping, type RowStationaryFit } from './row-stationary-mapping.js';

/**
 * Eyeriss: passes of a row-stationary array. A pass multiplies for p q S F cycles; handing a partial sum from one element of
 * a column to the next stalls, and so does a small share of all cycles. What of the DRAM traffic is not hidden comes on top.
 * Buffer traffic: every pass reads its inputs, and reads and writes its partial sums. Layers without weights run elsewhere.
 */
export const rowStationaryModel: AcceleratorModel = (request) => {
  const mapped = request.work.layers.map((layer) => (
    layer.kind === 'convolution' || layer.kind === 'depthwise' ? findMapping(layer, request.batch, request.facts) : undefined));
  const plan = planWith(request, mapped, true);
  return { ...plan, otherTimings: { processing_latency: planWith(request, mapped, false) } };
};

function planWith(request: ModelRequest, mapped: readonly (RowStationaryFit | undefined)[], memoryDelays: boolean): AcceleratorPlan {
  const { work, facts, parameters, batch, inputZeroShare } = request;
  const clockMegahertz = facts['clockMegahertz'];
  const resources: readonly GraphResource[] = [
    { id: 'DRAM link', class: 'memory' }, { id: 'array', class: 'compute', staticPower: quantity(parameters['baseMilliwatts'], 'mW') },
  ];
  const builder = buildPlan({ name: 'Eyeriss', clockMegahertz, resources });
  work.layers.forEach((layer, index) => {
    const fit = mapped[index];
    if (fit === undefined) return builder.refuse(layer, 'pooling is not on this chip, and no mapping of such a layer is published');
    const { mapping, passes, passCycles } = fit;
    const hops = mapping.filters * layer.outputColumns * (layer.kernelRows - 1);
    const stalls = parameters['sumHopStallCycles'] * hops + parameters['synchronisationShare'] * passCycles;
    const zeros = inputZeroShare(layer);
    const traffic = dramTraffic(layer, fit, batch, zeros, nextZeros(layer, work.layers, inputZeroShare));
    const exposed = (traffic.readBytes + traffic.writtenBytes) * parameters['exposedNanosecondsPerDramByte'] * 1e-3 * clockMegahertz;
    builder.layer(layer, [
      ...(memoryDelays ? [{ id: 'first data', resource: 'DRAM link', class: 'datapath', tiles: 1, cycles: exposed, limit: 'memoryRead', outputBytes: traffic.readBytes } as const] : []),
      {
        id: 'passes', resource: 'array', class: 'compute', tiles: passes, cycles: passes * (passCycles + stalls), limit: 'compute', waitsFor: 'producers',
        energyPicojoules: parameters['picojoulesPerMultiply'] * batch * layer.multiplyAccumulates * (1 - zeros),
      },
    ], { ...traffic, bufferBytes: 2 * passes * (fit.passInputWords + 2 * fit.passSums), activeElements: fit.activeElements });
  });
  return builder.plan({ energyKnown: true });
}

/** 16-bit words; run-length coding packs three values that are not zero into 64 bits. Weights are read once per n images. */
function dramTraffic(layer: LayerWork, { mapping }: RowStationaryFit, batch: number, zeros: number, zerosAfter: number): { readonly readBytes: number; readonly writtenBytes: number } {
  const coded = (share: number): number => 64 / 48 * (1 - share);
  const inputRows = (mapping.outputRows - 1) * layer.stride + layer.kernelRows;
  const overlap = layer.outputRows > mapping.outputRows
    ? Math.max(1, folds(layer.outputRows, mapping.outputRows) * inputRows / (layer.outputRows * layer.stride)) : 1;
  const readAgain = folds(layer.outputChannels / layer.groups, mapping.outputChannels);
  const inputBytes = 2 * batch * layer.inputElements * coded(zeros) * overlap * readAgain;
  const weightBytes = 2 * layer.weightElements * batch / mapping.images;
  return { readBytes: inputBytes + weightBytes, writtenBytes: 2 * batch * layer.outputElements * coded(zerosAfter) };
}

function nextZeros(layer: LayerWork, layers: readonly LayerWork[], inputZeroShare: ModelRequest['inputZeroShare']): number {
  const following = layers.slice(layers.indexOf(layer) + 1).find(({ kind }) => kind === 'convolution');
  return following === undefined ? inputZeroShare(layer) : inputZeroShare(following);
}
