import { fileURLToPath } from 'node:url';
import { AcceleratorPredictor, createAutoDNNchip, type Platform } from '@autodnnchip/core';
import { eyeriss } from '@autodnnchip/platform-eyeriss';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import {
  codedBytesPerWord,
  convolutionOf,
  findMapping,
  fitMapping,
  givenAccelerators,
  networkWork,
  type Convolution,
  type RowStationaryFit,
  type RowStationaryMapping,
} from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const rowStationary = suite('row-stationary array');

const network = await readOnnxNetwork(
  fileURLToPath(new URL('../measured/networks/eyeriss/alexnet_conv.onnx', import.meta.url)),
  { weights: false },
);
const chip = createAutoDNNchip({ plugins: [eyeriss(), graphPredictor(), givenAccelerators()] });
const platform: Platform = chip.definitions.platforms.get('eyeriss');
const facts = Object.fromEntries(
  Object.entries(platform.accelerator?.facts ?? {}).map(([name, { value }]) => [name, value]),
);
const batch = 4;

function mapping(m: number, n: number, e: number, p: number, q: number, r: number, t: number): RowStationaryMapping {
  return { outputChannels: m, images: n, outputRows: e, filters: p, channels: q, channelSets: r, filterSets: t };
}

/** The publication's table: m, n, e, p, q, r, t. */
const published: Readonly<Record<string, RowStationaryMapping>> = {
  CONV1: mapping(96, 1, 7, 16, 1, 1, 2),
  CONV2: mapping(64, 1, 27, 16, 2, 1, 1),
  CONV3: mapping(64, 4, 13, 16, 4, 1, 4),
  CONV4: mapping(64, 4, 13, 16, 3, 2, 2),
  CONV5: mapping(64, 4, 13, 16, 3, 2, 2),
};

const convolutions = new Map(
  networkWork(network).layers.flatMap((layer): readonly (readonly [string, Convolution])[] => {
    const convolution = convolutionOf(layer);
    return convolution === undefined ? [] : [[layer.name, convolution]];
  }),
);

function convolution(name: string): Convolution {
  const found = convolutions.get(name);
  if (found === undefined) throw new Error(`no convolution ${name}`);
  return found;
}

const megabytes = ({ bufferWords: { inputs, sums } }: RowStationaryFit): number => 2e-6 * (inputs + sums);

rowStationary('the search finds the published mappings of AlexNet', () => {
  for (const name of ['CONV1', 'CONV2', 'CONV4', 'CONV5'])
    assert.equal(findMapping(convolution(name), batch, facts)?.mapping, published[name], name);
});

rowStationary('of CONV3 it finds the mapping that the measured buffer traffic tells of, not the printed one', () => {
  const printed = fitMapping(convolution('CONV3'), published['CONV3'], batch, facts);
  const found = findMapping(convolution('CONV3'), batch, facts);
  assert.ok(printed !== undefined && found !== undefined);
  assert.equal(found.mapping, published['CONV4']);
  assert.is(megabytes(found).toFixed(1), '50.2');
  assert.is(megabytes(printed).toFixed(1), '69.2');
});

rowStationary('they do not hang on the values of the unit energies', () => {
  for (const name of [
    'bufferPicojoulesPerWord',
    'networkPicojoulesPerWord',
    'scratchpadPicojoulesPerWord',
    'staticMilliwatts',
  ]) {
    for (const factor of [0.5, 2]) {
      const changed = { ...facts, [name]: factor * facts[name] };
      for (const layer of ['CONV1', 'CONV2', 'CONV4', 'CONV5'])
        assert.equal(
          findMapping(convolution(layer), batch, changed)?.mapping,
          published[layer],
          `${layer}, ${name} x ${factor}`,
        );
    }
  }
});

rowStationary('figures of every layer are within the bars of the measurement', () => {
  const run = chip.get(AcceleratorPredictor).prepare(network, platform);
  const zeros = { CONV1: 0.0001, CONV2: 0.387, CONV3: 0.725, CONV4: 0.793, CONV5: 0.776 };
  const { layers, total } = run.predict({}, { batch, inputZeroShare: zeros });
  // ms, ms, mW, elements, MB, MB: JSSC 2017, table V.
  const measured: Readonly<Record<string, readonly number[]>> = {
    CONV1: [20.9, 16.5, 332, 154, 18.5, 5.0],
    CONV2: [41.9, 39.2, 288, 135, 77.6, 4.0],
    CONV3: [23.6, 21.8, 266, 156, 50.2, 3.0],
    CONV4: [18.4, 16.0, 235, 156, 37.4, 2.1],
    CONV5: [10.5, 10.0, 236, 156, 24.9, 1.3],
    total: [115.3, 103.5, 278, 148, 208.5, 15.4],
  };
  const metrics = ['latency', 'processing_latency', 'power', 'active_pes', 'glb_traffic', 'dram_traffic'];
  const units = [1e-3, 1e-3, 1e-3, 1, 1e6, 1e6];
  const bars = [10, 5, 10, 0.1, 1, 15];
  for (const [name, values] of Object.entries(measured)) {
    const predicted = name === 'total' ? total : layers.get(name);
    values.forEach((value, index) => {
      const error = 100 * ((predicted?.[metrics[index]] ?? Number.NaN) / units[index] / value - 1);
      assert.ok(Math.abs(error) <= bars[index], `${name} ${metrics[index]}: ${error.toFixed(1)} %`);
    });
  }
});

const shapes = fc
  .record({
    groups: fc.constantFrom(1, 1, 2, 8),
    filters: fc.integer({ min: 1, max: 200 }),
    channels: fc.integer({ min: 1, max: 200 }),
    kernelRows: fc.integer({ min: 1, max: 12 }),
    kernelColumns: fc.integer({ min: 1, max: 12 }),
    stride: fc.integer({ min: 1, max: 4 }),
    outputRows: fc.integer({ min: 1, max: 60 }),
    outputColumns: fc.integer({ min: 1, max: 60 }),
  })
  .map((shape): Convolution => ({
    ...shape,
    windowRows: shape.kernelRows,
    inputColumns: (shape.outputColumns - 1) * shape.stride + shape.kernelColumns,
  }));

rowStationary(
  'every convolution with a kernel of up to 12 x 12 gets a mapping that fits the chip and computes all of it',
  () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 4 }), (shape, images) => {
        const fit = findMapping(shape, images, facts);
        assert.ok(fit !== undefined);
        const {
          outputChannels: m,
          images: n,
          outputRows: e,
          filters: p,
          channels: q,
          channelSets: r,
          filterSets: t,
        } = fit.mapping;
        assert.ok(fit.activeElements <= 168);
        assert.ok(p * q * shape.kernelColumns <= 224 && q * shape.kernelColumns <= 12 && p <= 24);
        assert.ok(2 * (fit.tileSums + fit.sliceInputWords) <= 25 * 4096);
        const passes = fit.tiles * fit.slicesPerTile * fit.passesPerSlice;
        const all =
          shape.groups *
          shape.filters *
          shape.channels *
          shape.kernelRows *
          shape.kernelColumns *
          shape.outputRows *
          shape.outputColumns *
          images;
        assert.ok(passes * fit.activeElements * n * p * q * shape.kernelColumns * shape.outputColumns >= all);
        assert.ok(fit.arrayCycles * 168 >= all);
        assert.ok(
          fit.externalWords.inputs >=
            shape.groups *
              images *
              shape.channels *
              Math.min(shape.stride, shape.kernelRows) *
              shape.outputRows *
              shape.outputColumns *
              Math.min(shape.stride, shape.kernelColumns),
        );
        assert.is(images % n, 0);
        assert.ok(m >= 1 && e >= 1 && r >= 1 && t >= 1);
      }),
      { seed: 11, numRuns: 150 },
    );
  },
);

rowStationary('the drain of a pass is what a column of elements takes, window by window', () => {
  for (const name of convolutions.keys()) {
    const fit = findMapping(convolution(name), batch, facts);
    assert.ok(fit !== undefined);
    const { filters, channels, channelSets } = fit.mapping;
    const { kernelRows, kernelColumns, outputColumns } = fit.convolution;
    const window = filters * channels * kernelColumns;
    // When sum `filter` of the last window is complete; a window's sums are made in its last `filters` cycles and
    // needed in its first.
    let above = new Array<number>(outputColumns).fill(-Infinity);
    let firstRowEnds = 0;
    let end = 0;
    for (let row = 0; row < kernelRows * channelSets; row += 1) {
      const starts: number[] = [];
      for (let column = 0; column < outputColumns; column += 1) {
        const free = column === 0 ? 0 : starts[column - 1] + window;
        starts.push(Math.max(free, above[column] + window - filters + 1));
      }
      end = starts[outputColumns - 1] + window;
      if (row === 0) firstRowEnds = end;
      above = starts;
    }
    assert.is(fit.drainCycles, end - firstRowEnds, name);
  }
});

rowStationary(
  'what one image brings to a pass fits one bank, unless a single channel is larger, and strips fill the columns',
  () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 4 }), (shape, images) => {
        const fit = findMapping(shape, images, facts);
        assert.ok(fit !== undefined);
        const { outputRows: e, channels: q, channelSets: r } = fit.mapping;
        const channelBytes = 2 * ((e - 1) * shape.stride + shape.kernelRows) * shape.inputColumns;
        assert.ok(q * r === 1 || q * r * channelBytes <= facts['bufferBankBytes']);
        const rowsThatFit = Math.floor(facts['bufferBankBytes'] / (2 * shape.inputColumns));
        const columns = facts['arrayColumns'];
        const isFull = e === shape.outputRows || e % columns === 0;
        // A map of which a whole array's width of rows fits a bank, with room for its sums in the others, is never cut
        // lower.
        const fullHeight = Math.min(columns, shape.outputRows);
        if (
          (fullHeight - 1) * shape.stride + shape.kernelRows <= rowsThatFit &&
          2 * fullHeight * shape.outputColumns <= 24 * facts['bufferBankBytes']
        )
          assert.ok(isFull, `e ${e}`);
      }),
      { seed: 12, numRuns: 150 },
    );
  },
);

rowStationary('a given mapping is what the chip does, and one that does not fit is refused with the limit', () => {
  const run = chip.get(AcceleratorPredictor).prepare(network, platform);
  const printed = { m: 64, n: 4, e: 13, p: 16, q: 4, r: 1, t: 4 };
  const { layers } = run.predict({}, { batch, mappings: { CONV3: printed } });
  assert.is(((layers.get('CONV3')?.['glb_traffic'] ?? 0) / 1e6).toFixed(1), '69.2');
  assert.equal(
    run.graph({}, { batch, mappings: { CONV3: printed } }).nodes.find(({ id }) => id === 'CONV3: passes')?.attributes,
    printed,
  );
  const refusals: readonly (readonly [Readonly<Record<string, Readonly<Record<string, number>>>>, RegExp])[] = [
    [{ CONV3: { ...printed, t: 5 } }, /CONV3 does not fit: 5 of 4 sets/],
    [{ CONV3: { ...printed, p: 25 } }, /300 of 224 words of the weight scratchpad/],
    [{ CONV3: { ...printed, n: 3 } }, /a batch of 4 is not a multiple of n = 3/],
    [{ CONV3: { ...printed, m: 385 } }, /m is 385 of 384 filters/],
    [{ CONV3: { ...printed, m: 384 } }, /of 25 banks of the buffer/],
    [{ CONV3: { m: 64 } }, /n in the mapping of CONV3 is missing/],
    [{ CONV3: { ...printed, q: 0.5 } }, /q in the mapping of CONV3 cannot be 0.5/],
    [{ CONV3: { ...printed, z: 1 } }, /a size z that eyeriss does not know/],
    [{ conv3: printed }, /no layer conv3/],
    [{ pool1: printed }, /host computes the rest/],
  ];
  for (const [mappings, message] of refusals) assert.throws(() => run.predict({}, { batch, mappings }), message);
});

rowStationary('a kernel that is higher than the array or wider than a scratchpad is refused', () => {
  const small: Convolution = {
    groups: 1,
    filters: 8,
    channels: 3,
    kernelRows: 3,
    kernelColumns: 3,
    stride: 1,
    windowRows: 3,
    outputRows: 20,
    outputColumns: 20,
    inputColumns: 22,
  };
  assert.ok(findMapping(small, 1, facts) !== undefined);
  assert.is(findMapping({ ...small, kernelRows: 13 }, 1, facts), undefined);
  assert.is(findMapping({ ...small, kernelColumns: 13, inputColumns: 32 }, 1, facts), undefined);
});

rowStationary('the share of a coded word follows a run-length coder', () => {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (const share of [0, 0.3, 0.8, 0.97]) {
    const words = 300_000;
    let pairs = 0;
    let run = 0;
    for (let word = 0; word < words; word += 1) {
      if (random() < share && run < 31) run += 1;
      else {
        pairs += 1;
        run = 0;
      }
    }
    const bytes = ((pairs + (run > 0 ? 1 : 0)) / 3) * 8;
    assert.ok(Math.abs(bytes / words / codedBytesPerWord(share) - 1) < 0.01, `${share}`);
  }
  assert.ok(codedBytesPerWord(1) < codedBytesPerWord(0.97));
});

rowStationary('external memory only ever delays, and the graph stays folded', () => {
  const run = chip.get(AcceleratorPredictor).prepare(network, platform);
  for (const images of [1, 2, 4, 16]) {
    const { total } = run.predict({}, { batch: images });
    assert.ok(total['latency'] >= total['processing_latency']);
    assert.ok(run.graph({}, { batch: images }).nodes.length <= 5 * 5);
  }
});

rowStationary.run();
