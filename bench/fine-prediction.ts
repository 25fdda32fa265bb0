/**
 * Time of the fine prediction of full-size networks on the Ultra96, warm and cold. Bars: mapping and prediction of
 * MobileNetV2 in 50 ms; prediction of mapped VGG-16 in 100 ms.
 *     bench/fine-prediction.ts [--chip NAME] [--set parameter=value]... [mobilenet_v2 vgg16 FILE.onnx]
 */
import { basename } from 'node:path';
import { ultra96Platform } from '@autodnnchip/platform-ultra96';
import { scheduleNetwork } from '@autodnnchip/plugin-accel-shared';
import { lowerNetwork } from '../plugins/accel-shared/src/lowering/index.js';
import { runTiming } from '../plugins/accel-shared/src/timing/run-timing.js';
import { chipFromArguments } from './support/chips.js';
import { fullSizeShape } from './support/full-size.js';
import { measure, type Measurement } from './support/measure.js';
import { describeMachine, machine, markdownTable, writeResults } from './support/results.js';
import { mapDesign, predictDesign, predictFine } from './support/template.js';

/** What a bar is about: `all` maps too, `predict` starts from a mapped design. */
interface Bar {
  readonly step: 'all' | 'predict';
  readonly milliseconds: number;
}

const bars: Readonly<Record<string, Bar>> = {
  mobilenet_v2: { step: 'all', milliseconds: 50 },
  vgg16: { step: 'predict', milliseconds: 100 },
};
const effort = { warmUp: 30, runs: 51 };
const titles = {
  all: 'map and predict',
  predict: 'predict a mapped design',
  timing: 'of which timing and counters',
  map: 'map',
  lower: 'before, once per network and array: lower',
} as const;
const { configuration, suffix, names } = chipFromArguments();
const platform = ultra96Platform();
const { memory } = platform;
const milliseconds = (value: number): number => Math.round(value * 10) / 10;

async function predictionTimes(path: string): Promise<void> {
  const name = basename(path, '.onnx');
  const bar = bars[name] ?? { step: 'predict', milliseconds: 100 };
  const network = await fullSizeShape(path);
  const design = mapDesign(network, configuration, platform);
  const lowered = lowerNetwork(network, configuration);
  const schedule = scheduleNetwork(lowered, configuration, memory);
  const { instructions, layers } = schedule;
  const steps: Readonly<Record<keyof typeof titles, Measurement>> = {
    predict: measure(() => void predictDesign(design), effort),
    all: measure(() => void predictFine(network, configuration, platform), effort),
    timing: measure(
      () => void runTiming(instructions, schedule.memory.program.address, layers.length, configuration, memory),
      effort,
    ),
    map: measure(() => void scheduleNetwork(lowered, configuration, memory), effort),
    lower: measure(() => void lowerNetwork(network, configuration), effort),
  };
  const { latencyCycles } = predictDesign(design);
  const median = steps[bar.step].medianMilliseconds;
  const passes = median < bar.milliseconds;
  const where = machine();
  writeResults(
    `fine-prediction-${name}${suffix}`,
    {
      benchmark: 'fine-prediction',
      network: name,
      machine: where,
      configuration,
      bar,
      passes,
      layers: layers.length,
      instructions: instructions.length,
      latencyCycles,
      steps,
    },
    [
      `# Fine prediction of full-size ${name}`,
      '',
      `${layers.length} layers, ${instructions.length} instructions, ${latencyCycles} cycles predicted. ` +
        `${titles[bar.step]}: median of ${effort.runs} warm runs ${milliseconds(median)} ms, bar ${bar.milliseconds} ms: ${passes ? 'met' : 'MISSED'}.`,
      describeMachine(where),
      '',
      markdownTable(
        ['step', 'median ms', 'processor time', 'fastest', 'slowest', 'first call'],
        Object.entries(titles).map(([step, title]) => {
          const {
            medianMilliseconds,
            medianProcessorMilliseconds,
            fastestMilliseconds,
            slowestMilliseconds,
            firstMilliseconds,
          } = steps[step as keyof typeof titles];
          return [
            title,
            ...[
              medianMilliseconds,
              medianProcessorMilliseconds,
              fastestMilliseconds,
              slowestMilliseconds,
              firstMilliseconds,
            ].map(milliseconds),
          ];
        }),
      ),
      '',
    ].join('\n'),
  );
}

for (const path of names.length > 0 ? names : Object.keys(bars)) await predictionTimes(path);
