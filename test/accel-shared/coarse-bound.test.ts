// time-limit-seconds: 240
import {
  ChipError,
  createAutoDNNchip,
  Definitions,
  resolveChipGraph,
  type Design,
  type Log,
  type MemoryModel,
  type Network,
  type Platform,
} from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import { numbersOf } from '@autodnnchip/plugin-accel-shared';
import { predictCoarse, predictFine } from '@autodnnchip/plugin-graph-predictor';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { sketchNetwork, scaled, type TensorSketch } from '../network-passes/network-under-test.js';
import { suite } from '../support/suite.js';
import { drawConfiguration } from './cosim/odd-chips.js';
import { drawMemory, randomNetwork, type Draw } from '@autodnnchip/plugin-conformance';
import { drawFrom } from './random-draws.js';
import type { ChipOfTests } from '../support/chip-engines.js';

/** `BOUND_SEED` repeats a run, `BOUND_NETWORKS` is the number of networks of each kind. */
const seed = Number(process.env['BOUND_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env['BOUND_NETWORKS'] ?? 300);

const bound = suite('the coarse mode is a lower bound', { timeLimitSeconds: 200 });
process.stdout.write(`BOUND_SEED=${seed}\n`);

const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const { platforms, templates } = createAutoDNNchip({ plugins: defaultPlugins(silent) }).get(Definitions);
const template = templates.get('accel-shared');
const ultra96 = platforms.get('ultra96');

/** A chain of convolutions, depthwise ones and pools with any stride, dilation and padding. */
function stretchedNetwork(draw: Draw): Network {
  const tensors: Record<string, TensorSketch> = {};
  const operators: Parameters<typeof sketchNetwork>[1][number][] = [];
  let [channels, height, width] = [draw.integer(1, 40), draw.integer(1, 70), draw.integer(1, 70)];
  tensors['t0'] = { shape: [1, channels, height, width], type: 'int8', quantization: scaled(0.05) };
  for (let layer = 0; layer < draw.integer(1, 3); layer++) {
    const kind = draw.pick(['dense', 'depthwise', 'pool'] as const);
    const y = axis(draw, height, kind === 'pool');
    const x = axis(draw, width, kind === 'pool');
    const outputs = kind === 'dense' ? draw.integer(1, 40) : channels;
    const window = {
      kernel: [y.kernel, x.kernel],
      stride: [y.stride, x.stride],
      dilation: [y.dilation, x.dilation],
      padding: [y.before, x.before, y.after, x.after],
    } as const;
    const [input, output, weights] = [`t${layer}`, `t${layer + 1}`, `w${layer}`];
    [height, width] = [y.output, x.output];
    tensors[output] = { shape: [1, outputs, height, width], type: 'int8', quantization: scaled(0.05) };
    if (kind === 'pool') operators.push({ kind: 'maxPool', inputs: [input], outputs: [output], attributes: window });
    else {
      const shape = [outputs, kind === 'dense' ? channels : 1, ...window.kernel];
      tensors[weights] = {
        shape,
        type: 'int8',
        quantization: scaled(0.01),
        data: new Int8Array(shape.reduce((product, extent) => product * extent, 1)).fill(1),
      };
      operators.push({
        kind: 'conv',
        inputs: [input, weights],
        outputs: [output],
        attributes: { ...window, group: kind === 'dense' ? 1 : channels },
      });
    }
    channels = outputs;
  }
  return sketchNetwork(tensors, operators);
}

function axis(
  draw: Draw,
  extent: number,
  isPool: boolean,
): { kernel: number; stride: number; dilation: number; before: number; after: number; output: number } {
  const dilation = draw.integer(1, 9);
  const kernel = draw.integer(1, Math.min(7, 1 + Math.floor((extent - 1) / dilation)));
  const reach = (kernel - 1) * dilation;
  const largest = isPool ? Math.min(kernel - 1, reach) : reach;
  const [before, after] = [draw.integer(0, largest), draw.integer(0, largest)];
  const stride = draw.pick([1, 2, 3, draw.integer(1, 70)]);
  return {
    kernel,
    stride,
    dilation,
    before,
    after,
    output: Math.floor((extent + before + after - reach - 1) / stride) + 1,
  };
}

const platformWith = (memory: MemoryModel): Platform => ({
  ...ultra96,
  memory: { ...ultra96.memory, ...memory, busBytes: 32 },
});

/** Undefined where the chip's buffers hold no tile. */
function mapped(network: Network, configuration: ChipOfTests, memory: MemoryModel): Design | undefined {
  try {
    return template.map(network, numbersOf(configuration), platformWith(memory));
  } catch (error) {
    if (error instanceof ChipError && ['ADC3001', 'ADC3201'].includes(error.code)) return undefined;
    throw error;
  }
}

/** Checks the modes of `predict --graph` on the graph of one chip, and returns coarse by fine cycles. */
function checkGraphBound(network: Network, configuration: ChipOfTests, memory: MemoryModel): number | undefined {
  const design = mapped(network, configuration, memory);
  if (design === undefined) return undefined;
  const graph = resolveChipGraph(template.graph(design));
  const [coarse, { prediction: fine }] = [predictCoarse(graph), predictFine(graph)];
  const sizes = `${JSON.stringify(configuration)} ${JSON.stringify(memory)}`;
  assert.is(fine.latencyCycles, template.predictFine(design).latencyCycles, sizes);
  assert.ok(
    coarse.latencyCycles > 0 && coarse.latencyCycles <= fine.latencyCycles,
    `coarse ${coarse.latencyCycles}, fine ${fine.latencyCycles} cycles: ${sizes}`,
  );
  assert.ok(
    (coarse.latencyUpperBoundCycles ?? 0) >= fine.latencyCycles,
    `upper bound ${coarse.latencyUpperBoundCycles ?? 0}, fine ${fine.latencyCycles} cycles: ${sizes}`,
  );
  return coarse.latencyCycles / fine.latencyCycles;
}

/**
 * Checks one network on one chip, and returns coarse by fine cycles; undefined where the chip's buffers hold no tile.
 */
function checkBound(network: Network, configuration: ChipOfTests, memory: MemoryModel): number | undefined {
  const design = mapped(network, configuration, memory);
  if (design === undefined) return undefined;
  const platform = platformWith(memory);
  const fine = template.predictFine(design);
  const coarse = template.predictCoarse(network, numbersOf(configuration), platform);
  const sizes = (): string =>
    `${JSON.stringify([...network.operators].map(({ kind, attributes }) => ({ kind, ...attributes })))} ${JSON.stringify(configuration)} ${JSON.stringify(memory)}`;
  assert.ok(coarse.latencyCycles > 0, `no cycles ${sizes()}`);
  let [coarseEnd, fineEnd] = [0, 0];
  coarse.layers.forEach((layer, index) => {
    coarseEnd += layer.latencyCycles;
    fineEnd += fine.layers[index].latencyCycles;
    assert.ok(
      coarseEnd <= fineEnd,
      `layer ${index} ends in ${coarseEnd} by the coarse and in ${fineEnd} by the fine mode: ${sizes()}`,
    );
  });
  assert.ok(coarse.latencyCycles <= fine.latencyCycles, sizes());
  return coarse.latencyCycles / fine.latencyCycles;
}

const networks = [
  ['stretched', stretchedNetwork],
  ['mixed', (draw: Draw) => randomNetwork(draw).network],
] as const;

function checkAll(what: string, make: (draw: Draw) => Network, check: typeof checkBound, runs: number): void {
  const ratios: number[] = [];
  const report = fc.check(
    fc.property(fc.gen(), gen => {
      const draw = drawFrom(gen);
      const ratio = check(make(draw), drawConfiguration(draw, 2048), drawMemory(draw));
      if (ratio !== undefined) ratios.push(ratio);
    }),
    { seed, numRuns: runs },
  );
  if (report.failed) throw new Error(`${String(report.errorInstance)}\n${fc.defaultReportMessage(report)}`);
  ratios.sort((left, right) => left - right);
  const at = (share: number): string => ratios[Math.floor(share * (ratios.length - 1))].toFixed(3);
  process.stdout.write(
    `${what}: ${ratios.length} networks, coarse by fine: least ${at(0)}, median ${at(0.5)}, most ${at(1)}\n`,
  );
  assert.ok(ratios.length > runs / 4, `${ratios.length} networks fitted`);
}

for (const [kind, make] of networks) {
  bound(`${kind} networks on random chips and memories`, () => {
    checkAll(kind, make, checkBound, numRuns);
  });
  bound(`graphs of ${kind} networks on random chips and memories`, () => {
    checkAll(`graphs of ${kind}`, make, checkGraphBound, Math.ceil(numRuns / 5));
  });
}

bound('what is predicted does not depend on what was asked of the network before', () => {
  fc.assert(
    fc.property(fc.gen(), gen => {
      const draw = drawFrom(gen);
      const network = draw.integer(0, 1) === 0 ? stretchedNetwork(draw) : randomNetwork(draw).network;
      const platform = platformWith(drawMemory(draw));
      for (let chip = 0; chip < 6; chip++) {
        const configuration = numbersOf(drawConfiguration(draw, 2048));
        const prediction = template.predictCoarse(network, configuration, platform);
        assert.equal(prediction, template.predictCoarse({ ...network }, configuration, platform));
        assert.is(
          template.coarseLatencySeconds?.(network, configuration, platform),
          prediction.latencySeconds,
          'what a search ranks by is the latency of the prediction',
        );
      }
    }),
    { seed, numRuns: Math.ceil(numRuns / 5) },
  );
});

bound.run();
