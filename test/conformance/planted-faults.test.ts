// time-limit-seconds: 600
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createAutoDNNchip,
  definePlugin,
  FrameworkFactory,
  type Log,
  PluginLoader,
  type BundleFile,
  type PluginInput,
} from '@autodnnchip/core';
import type { Engine, EngineDefinition, EngineParameter, Task, TaskTiming } from '@autodnnchip/core/engine';
import { laneEngineDefinition } from '@autodnnchip/ip-lane-engine';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import { checkEngines, type ConformanceReport } from '@autodnnchip/plugin-conformance';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('faults of an engine that the conformance suite finds', { timeLimitSeconds: 240 });
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};

/** The lane engine under another name, with what a fault changes. */
function faulty(change: Partial<EngineDefinition>): EngineDefinition {
  return { ...laneEngineDefinition, ...change };
}

function withEngine(change: (engine: Engine) => Partial<Record<keyof Engine, unknown>>): EngineDefinition {
  return faulty({
    create(values) {
      const engine = laneEngineDefinition.create(values);
      const changes = Object.entries(change(engine)).map(
        ([name, value]) => [name, { value, enumerable: true }] as const,
      );
      return Object.create(engine, Object.fromEntries(changes)) as Engine;
    },
  });
}

function withTiming(change: (timing: TaskTiming) => TaskTiming): EngineDefinition {
  return withEngine(engine => ({ timing: (task: Task) => change(engine.timing(task)) }));
}

function withRtl(change: (file: BundleFile) => readonly BundleFile[]): EngineDefinition {
  return faulty({ rtl: () => laneEngineDefinition.rtl().flatMap(change) });
}

/** One text of the RTL for another; a fault that changes nothing is a fault of this test. */
function replaced(from: string, to: string): EngineDefinition {
  assert.ok(
    laneEngineDefinition.rtl().some(({ content }) => String(content).includes(from)),
    from,
  );
  return withRtl(({ path, content }) => [{ path, content: String(content).replace(from, to) }]);
}

function withParameter(change: Partial<EngineParameter>): EngineDefinition {
  const [first, ...others] = laneEngineDefinition.parameters;
  return faulty({ parameters: [{ ...first, ...change }, ...others] });
}

interface PlantedFault {
  readonly name: string;
  readonly engine?: EngineDefinition;
  /** Of the package: licence and README as they should be where absent. */
  readonly licence?: string;
  readonly readme?: string;
  readonly check: string;
  readonly message: RegExp;
  /** Chips to simulate; none for what is seen without. */
  readonly chips?: number;
  readonly synthesize?: boolean;
}

const wholeReadme = laneEngineDefinition.parameters.map(({ name }) => name).join(' ');
const cyclesOf = (by: number) => (timing: TaskTiming) => ({
  ...timing,
  stages: timing.stages.map((stage, index) => (index === 0 ? { ...stage, cycles: stage.cycles + by } : stage)),
});

const faults: readonly PlantedFault[] = [
  { name: 'no licence', licence: '', check: 'package.licence', message: /no LICENSE file/ },
  {
    name: 'a README that leaves a parameter out',
    readme: 'laneBlocks',
    check: 'package.readme',
    message: /does not name the parameter laneMultiply/,
  },
  {
    name: 'a parameter without a unit',
    engine: withParameter({ unit: ' ' }),
    check: 'definition.fields',
    message: /laneBlocks has no unit/,
  },
  {
    name: 'a parameter without values to try',
    engine: withParameter({ candidates: [] }),
    check: 'definition.fields',
    message: /laneBlocks has no value to try/,
  },
  {
    name: 'a size out of bounds',
    engine: faulty({
      sizes: request => laneEngineDefinition.sizes(request).map(size => ({ ...size, laneBlocks: 99 })),
    }),
    check: 'definition.sizes',
    message: /proposes laneBlocks = 99/,
  },
  {
    name: 'sizes that the engine itself refuses',
    engine: faulty({ check: () => 'laneBlocks is never right' }),
    check: 'definition.sizes',
    message: /no size that the engine proposes is accepted/,
  },
  {
    name: 'instances that differ',
    engine: withEngine(engine => ({ multipliers: engine.multipliers + Math.floor(performance.now() * 1000) })),
    check: 'definition.pure',
    message: /two instances .* differ/,
  },
  {
    name: 'a bid that is no number',
    engine: withEngine(engine => ({
      bid: (work: never) => ('refused' in engine.bid(work) ? engine.bid(work) : { cycles: NaN }),
    })),
    check: 'bids.answers',
    message: /bids NaN cycles/,
    chips: 1,
  },
  {
    name: 'a refusal without a sentence',
    engine: withEngine(engine => ({
      bid: (work: never) => ('refused' in engine.bid(work) ? { refused: 'no' } : engine.bid(work)),
    })),
    check: 'bids.answers',
    message: /refuses without a sentence: "no"/,
    chips: 1,
  },
  {
    name: 'a bid that throws',
    engine: withEngine(() => ({
      bid: () => {
        throw new Error('not today');
      },
    })),
    check: 'bids.answers',
    message: /throws .*not today/,
    chips: 1,
  },
  {
    name: 'a missing RTL file',
    engine: withRtl(file => (file.path.endsWith('lane_engine.sv') ? [] : [file])),
    check: 'rtl.files',
    message: /no file has the module lane_engine/,
  },
  {
    name: 'two modules in a file',
    engine: replaced('endmodule', 'endmodule\nmodule other;\nendmodule'),
    check: 'rtl.files',
    message: /has 2 modules/,
  },
  {
    name: 'RTL that runs a program',
    engine: replaced('endmodule', '  initial $system("true");\nendmodule'),
    check: 'rtl.harmless',
    message: /ADC6007/,
  },
  {
    name: 'negative resources',
    engine: faulty({ resources: () => ({ multipliers: 1, lut: -5, ff: 1, dsp: 1, bram: 0 }) }),
    check: 'resources.figures',
    message: /lut is -5/,
  },
  {
    name: 'a path without a title',
    engine: faulty({ paths: () => [{ title: '', product: [8, 8] }] }),
    check: 'paths.figures',
    message: /a path has no title/,
  },
  {
    name: 'a task one cycle short',
    engine: withTiming(cyclesOf(-1)),
    check: 'chip.cycles',
    message: /instead of/,
    chips: 1,
  },
  {
    name: 'a task one cycle long',
    engine: withTiming(cyclesOf(1)),
    check: 'chip.cycles',
    message: /instead of/,
    chips: 1,
  },
  {
    name: 'a wrong sign',
    engine: replaced('.bias(parameter_data[64*r +: 32])', '.bias(-parameter_data[64*r +: 32])'),
    check: 'chip.bits',
    message: /values of .* differ/,
    chips: 2,
  },
  {
    name: 'results in the wrong place',
    engine: replaced(
      '.base(out_tag ? g_task[1].output_base : g_task[0].output_base)',
      ".base((out_tag ? g_task[1].output_base : g_task[0].output_base) + 20'd1)",
    ),
    check: 'chip.bits',
    message: /values of .* differ/,
    chips: 1,
  },
  {
    name: 'a done pulse that never comes',
    engine: replaced(', .done\n', ', .done()\n'),
    check: 'chip.bits',
    message: /simulation ends with/,
    chips: 1,
  },
  {
    name: 'a port that is not there',
    engine: replaced('output logic             busy,', 'output logic             occupied,'),
    check: 'chip.bits',
    message: /simulation ends with ADC/,
    chips: 1,
  },
  {
    name: 'an over-promised count of multiplier blocks',
    engine: faulty({
      resources: (values, platform) => {
        const resources = laneEngineDefinition.resources(values, platform);
        return { ...resources, dsp: (resources.dsp ?? 0) + 1 };
      },
    }),
    check: 'resources.synthesis',
    message: /synthesis finds \d+ multiplier blocks/,
    chips: 1,
    synthesize: true,
  },
];

async function check({
  engine = laneEngineDefinition,
  licence = 'Apache-2.0',
  readme = wholeReadme,
  chips = 0,
  synthesize = false,
}: Partial<PlantedFault>): Promise<ConformanceReport> {
  const directory = join(temporaryFolder(), 'plugin');
  mkdirSync(directory);
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'faulty', ...(licence === '' ? {} : { license: licence }) }),
  );
  writeFileSync(join(directory, 'README.md'), readme);
  const plugin: PluginInput = definePlugin(() => ({
    name: '@autodnnchip/ip-lane-engine',
    apiVersion: 1,
    apply: chip => chip.hooks.defineEngines.tap('lane-engine', engines => engines.add(engine)),
  }))();
  const framework = createAutoDNNchip({
    plugins: [
      defaultPlugins(silent),
      definePlugin(() => ({
        name: 'loader',
        apiVersion: 1,
        apply: chip => chip.bind(PluginLoader, [], () => ({ load: () => Promise.resolve({ plugin, directory }) })),
      }))(),
    ],
  });
  const { signal } = new AbortController();
  assert.ok(framework.get(FrameworkFactory));
  return await checkEngines(token => framework.get(token), {
    plugin: 'faulty',
    seed: 3,
    chips,
    memories: 1,
    synthesize,
    signal,
  });
}

for (const fault of faults) {
  const tools =
    fault.synthesize === true
      ? (['verilator', 'yosys'] as const)
      : fault.chips === undefined
        ? []
        : (['verilator'] as const);
  test.needs(...tools)(`${fault.name}: ${fault.check}`, async () => {
    const [{ checks, passed }] = (await check(fault)).engines;
    const found = checks.find(result => result.check === fault.check);
    assert.is(
      found?.status,
      'failed',
      JSON.stringify(
        checks.filter(({ status }) => status !== 'passed'),
        undefined,
        1,
      ),
    );
    assert.match(found?.failures.join('\n') ?? '', fault.message);
    assert.not.ok(passed);
  });
}

test('without a fault nothing fails', async () => {
  const [{ checks }] = (await check({})).engines;
  assert.equal(
    checks.filter(({ status }) => status === 'failed'),
    [],
  );
});

test.run();
