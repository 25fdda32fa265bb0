import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ChipBuilder,
  ChipError,
  ChipPlacer,
  ChipPredictor,
  ChipSimulator,
  ChipSynthesizer,
  pluginApiVersion,
  type BuildRequest,
  type BundleFile,
  type Network,
  type Platform,
  type PlaceRequest,
  type Plugin,
  type PredictBundleRequest,
  type PredictNetworkRequest,
  type Prediction,
  type SimulateRequest,
  type SimulateResponse,
  type SynthesizeRequest,
  type SynthesizeResponse,
} from '@autodnnchip/core';
import { temporaryFolder } from '../support/temporary-folder.js';

export const fakePlatform = {
  id: 'board',
  title: 'A board',
  memory: {
    readLatencyCycles: 50,
    writeLatencyCycles: 30,
    beatIntervalCycles: 1,
    burstGapCycles: 1,
    sharedBytesPerKilocycle: 0,
  },
  technology: { name: 'cells of a book', processNanometres: 28, figures: {} },
} as unknown as Platform;

export const fakeNetwork: Network = {
  name: 'net',
  source: 'net.fake',
  inputs: ['x'],
  outputs: ['y'],
  operators: [],
  weightless: false,
  tensors: new Map([['x', { name: 'x', elementType: 'uint8', shape: [1, 8], role: 'input' }]]),
};

export const fakePrediction: Prediction = {
  mode: 'fine',
  batch: 1,
  platform: 'board',
  clockMegahertz: 200,
  latencyCycles: 1200,
  latencySeconds: 6e-6,
  throughputPerSecond: 1 / 6e-6,
  energyPicojoules: 5000,
  powerMilliwatts: 0.8,
  resources: { lut: 100, dsp: 4, multipliers: 8 },
  blocks: [{ id: 'conv', resources: { multipliers: 8 }, energyPicojoules: 4000 }],
  layers: [
    {
      name: 'conv1',
      operator: 'conv',
      latencyCycles: 1200,
      energyPicojoules: 5000,
      limitedBy: 'compute',
      multiplyAccumulates: 9000,
      utilization: 0.9375,
      units: { conv: { busyCycles: 1100, waitInputCycles: 60, waitOutputCycles: 40 } },
      readBytes: 10,
      writtenBytes: 20,
    },
  ],
  notCosted: [{ name: 'softmax', operator: 'Softmax', reason: 'runs on the host' }],
};

const manifest = {
  schemaVersion: 1,
  kind: 'autodnnchip-bundle',
  template: 'fake',
  platform: 'board',
  configuration: { rows: 8 },
  network: { name: 'net', source: 'net.fake' },
};

export const fakeFiles: readonly BundleFile[] = [
  { path: 'manifest.json', content: JSON.stringify(manifest) },
  { path: 'rtl/top.sv', content: 'module top; endmodule\n' },
];

export interface FakeRequests {
  build?: BuildRequest;
  predictNetwork?: PredictNetworkRequest;
  predictBundle?: PredictBundleRequest;
  simulate?: SimulateRequest;
  synthesize?: SynthesizeRequest;
  place?: PlaceRequest;
}

export interface FakeBehaviour {
  readonly simulated?: Partial<SimulateResponse>;
  readonly synthesized?: Partial<SynthesizeResponse>;
  /** Predicted highest clock. */
  readonly fmaxMegahertz?: number;
  /** Waits until it is interrupted. */
  readonly buildHangs?: boolean;
}

/** A plugin that answers every command at once and keeps what it was asked. */
export function fakeChip(requests: FakeRequests = {}, behaviour: FakeBehaviour = {}): Plugin {
  const prediction =
    behaviour.fmaxMegahertz === undefined
      ? fakePrediction
      : { ...fakePrediction, resources: { ...fakePrediction.resources, fmaxMegahertz: behaviour.fmaxMegahertz } };
  const respond = { prediction, hostOperators: [], template: 'fake', configuration: { rows: 8 }, network: 'net' };
  return {
    name: 'fake-chip',
    apiVersion: pluginApiVersion,
    apply({ hooks, bind }) {
      hooks.definePlatforms.tap('board', platforms => platforms.add(fakePlatform));
      hooks.loadNetwork.tapPromise('fake', ({ path }) =>
        Promise.resolve(path.endsWith('.fake') ? fakeNetwork : undefined),
      );
      bind(ChipPredictor, [], () => ({
        predictNetwork: request => {
          requests.predictNetwork = request;
          return Promise.resolve(respond);
        },
        predictBundle: request => {
          requests.predictBundle = request;
          // As a real one: a bundle holds a program, and no network for a bound.
          if (request.mode !== 'fine') throw new ChipError('ADC6001', 'A bundle is predicted in fine mode only.');
          return Promise.resolve(respond);
        },
        explainNetwork: () => Promise.resolve(respond),
        explainBundle: () => Promise.resolve(respond),
      }));
      bind(ChipBuilder, [], () => ({
        build: async request => {
          requests.build = request;
          if (behaviour.buildHangs === true) await untilAborted(request.signal);
          const design = {
            template: 'fake',
            configuration: { rows: 8 },
            platform: request.platform,
            network: request.network,
            ...(request.hostFallback
              ? { host: { inputs: ['x'], outputs: ['y'], operators: fakePrediction.notCosted } }
              : {}),
          };
          return { design, prediction, search: { candidates: 42, refined: 3, leftOut: [] }, files: fakeFiles };
        },
      }));
      bind(ChipSimulator, [], () => ({
        simulate: request => {
          requests.simulate = request;
          return Promise.resolve({
            tool: 'verilator',
            version: '5.006',
            wallSeconds: 0.5,
            hostOperators: [],
            outputs: [
              {
                name: 'y',
                values: { name: 'y', elementType: 'int8', shape: [1, 2], data: new Int8Array([3, -4]) },
                mismatches: 0,
              },
            ],
            cycles: {
              total: 1200,
              predictedTotal: 1200,
              layers: [{ name: 'conv1', predicted: 1200, simulated: 1200 }],
            },
            ...behaviour.simulated,
          });
        },
      }));
      bind(ChipSynthesizer, [], () => ({
        synthesize: request => {
          requests.synthesize = request;
          return Promise.resolve({
            target: request.target ?? 'xcup',
            tool: 'yosys',
            version: '0.23',
            resources: { lut: 90, multipliers: 8 },
            predicted: { lut: 100, multipliers: 8 },
            cells: { LUT6: 90 },
            wallSeconds: 1.5,
            ...behaviour.synthesized,
          });
        },
      }));
      bind(ChipPlacer, [], () => ({
        place: request => {
          requests.place = request;
          const criticalPath = { from: 'u_a.q', to: 'u_b.d', logicNanoseconds: 6, routingNanoseconds: 6.5 };
          return Promise.resolve({
            target: 'ecp5',
            device: 'a device',
            tool: 'nextpnr-ecp5',
            version: '0.11',
            synthesis: { tool: 'yosys', version: '0.23' },
            fmaxMegahertz: { median: 81.25, minimum: 80, maximum: 82.5 },
            seeds: [
              { seed: 1, fmaxMegahertz: 82.5, criticalPath, wallSeconds: 2 },
              { seed: 2, fmaxMegahertz: 80, criticalPath, wallSeconds: 2 },
            ],
            utilization: { TRELLIS_COMB: { used: 12, available: 83640 } },
          });
        },
      }));
    },
  };
}

async function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((_, reject) => {
    if (signal?.aborted === true) return reject(new ChipError('ADC6002', 'stopped'));
    const keepAlive = setInterval(() => undefined, 1000);
    signal?.addEventListener('abort', () => {
      clearInterval(keepAlive);
      reject(new ChipError('ADC6002', 'stopped'));
    });
  });
}

/** A model file that the fake front end reads. */
export function fakeModel(): string {
  const path = join(temporaryFolder(), 'net.fake');
  writeFileSync(path, 'fake');
  return path;
}
