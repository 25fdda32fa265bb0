/** Time of the fine prediction of full-size MobileNetV2 on the Ultra96: mapping and timing, warm. Bar: 50 ms. */
import { ultra96Platform } from '@autodnnchip/platform-ultra96';
import { scheduleNetwork } from '@autodnnchip/plugin-accel-shared';
import { lowerNetwork } from '../plugins/accel-shared/src/lowering/index.js';
import { runTiming } from '../plugins/accel-shared/src/timing/run-timing.js';
import { chipFromArguments } from './support/chips.js';
import { fullSizeShape } from './support/full-size.js';
import { measure, type Measurement } from './support/measure.js';
import { describeMachine, machine, markdownTable, writeResults } from './support/results.js';
import { predictFine } from './support/template.js';

const barMilliseconds = 50;
const effort = { warmUp: 30, runs: 51 };
const { configuration, suffix, names } = chipFromArguments();
const name = names[0] ?? 'mobilenet_v2';
const platform = ultra96Platform();
const { memory } = platform;

const network = await fullSizeShape(name);
const lowered = lowerNetwork(network, configuration);
const schedule = scheduleNetwork(lowered, configuration, memory);

const steps: readonly (readonly [string, Measurement])[] = [
  ['map and predict', measure(() => void predictFine(network, configuration, platform), effort)],
  ['before, once per network and array: lower', measure(() => void lowerNetwork(network, configuration), effort)],
  ['of which map', measure(() => void scheduleNetwork(lowered, configuration, memory), effort)],
  ['of which timing and counters', measure(() => void runTiming(schedule.instructions, schedule.memory.program.address, schedule.layers.length, configuration, memory), effort)],
];

const milliseconds = (value: number): number => Math.round(value * 10) / 10;
const all = steps[0][1].medianMilliseconds;
const where = machine();
writeResults(`fine-prediction-${name}${suffix}`, {
  benchmark: 'fine-prediction', network: name, machine: where, configuration, barMilliseconds, passes: all < barMilliseconds,
  layers: schedule.layers.length, instructions: schedule.instructions.length, steps: Object.fromEntries(steps),
}, [
  `# Fine prediction of full-size ${name}`,
  '',
  `${schedule.layers.length} layers, ${schedule.instructions.length} instructions; median of ${effort.runs} warm runs: ${milliseconds(all)} ms, bar ${barMilliseconds} ms: ${all < barMilliseconds ? 'met' : 'MISSED'}.`,
  describeMachine(where),
  '',
  markdownTable(['step', 'median ms', 'processor time', 'fastest', 'slowest', 'first call'], steps.map(([step, { medianMilliseconds, medianProcessorMilliseconds, fastestMilliseconds, slowestMilliseconds, firstMilliseconds }]) => (
    [step, milliseconds(medianMilliseconds), milliseconds(medianProcessorMilliseconds), milliseconds(fastestMilliseconds), milliseconds(slowestMilliseconds), milliseconds(firstMilliseconds)]))),
].join('\n'));
