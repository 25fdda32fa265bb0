import type { HookName } from './hooks.js';

/** What the documentation says of a hook. */
export interface HookDescription {
  /** How taps are called. */
  readonly kind: 'sync' | 'sync, first answer' | 'async, first answer' | 'async, waterfall' | 'async, series';
  /** What a tap gets and gives. */
  readonly type: string;
  readonly calledBy: string;
  readonly purpose: string;
  readonly since: string;
}

/** One description per hook, in the order in which data flows; `docs/hooks.md` is written from this. */
export const hookTable: Readonly<Record<HookName, HookDescription>> = {
  loadNetwork: {
    kind: 'async, first answer',
    type: '`(file: NetworkFile) => Promise<Network | undefined>`',
    calledBy: '`NetworkLoader`',
    purpose:
      'A front end looks at the file; it returns the network, or `undefined` when the file is not of its format. A file of its format that is damaged is an error that it throws.',
    since: '0.1.0',
  },
  transformNetwork: {
    kind: 'async, waterfall',
    type: '`(transformation: NetworkTransformation) => Promise<NetworkTransformation>`',
    calledBy: '`NetworkLoader`',
    purpose:
      'A pass returns the transformation with another network in it, or unchanged. `stage` is one of `transformStages`, so that the order does not hang on the order of the plugins.',
    since: '0.1.0',
  },
  defineEngines: {
    kind: 'sync',
    type: '`(engines: Registry<EngineDefinition>) => void`',
    calledBy: '`createAutoDNNchip`, once',
    purpose:
      'Adds engines with `engines.add(defineEngine({…}))`. An identifier that is taken is an error. A chassis takes those that name it (`docs/engines.md`).',
    since: '0.1.0',
  },
  defineTemplates: {
    kind: 'sync',
    type: '`(templates: Registry<TemplateDefinition>) => void`',
    calledBy: '`createAutoDNNchip`, once',
    purpose: 'Adds families of accelerators: plain functions that the search calls in its loop.',
    since: '0.1.0',
  },
  defineAcceleratorModels: {
    kind: 'sync',
    type: '`(models: Registry<AcceleratorModelDefinition>) => void`',
    calledBy: '`createAutoDNNchip`, once',
    purpose:
      "Adds models of accelerators that exist: each puts a network on the chip's hardware as a chip graph. Data files of accelerators name one as `model`.",
    since: '0.1.0',
  },
  definePlatforms: {
    kind: 'sync',
    type: '`(platforms: Registry<Platform>) => void`',
    calledBy: '`createAutoDNNchip`, once',
    purpose: 'Adds boards, devices and processes.',
    since: '0.1.0',
  },
  mapOperator: {
    kind: 'sync, first answer',
    type: '`(operator: OperatorToMap) => HostPlacement | undefined`',
    calledBy: '`ChipBuilder` and `ChipPredictor`, once per operator before the search',
    purpose:
      'Keeps an operator off the chip, with the reason that is shown; with `--host-fallback` it goes to the host where it is at an end of the network. `undefined` leaves the choice to the template.',
    since: '0.1.0',
  },
  predict: {
    kind: 'async, waterfall',
    type: '`(design: PredictedDesign) => Promise<PredictedDesign>`',
    calledBy: '`ChipPredictor`, for the prediction that is shown; never in the search loop',
    purpose: 'Adds or refines figures of a finished prediction.',
    since: '0.1.0',
  },
  explore: {
    kind: 'sync',
    type: '`(exploration: Exploration) => void`',
    calledBy: '`ChipBuilder`, once before the search',
    purpose:
      'Narrows the space with `exploration.keepOnly(name, accepts)`; the function is called for every candidate, the hook is not.',
    since: '0.1.0',
  },
  emitRtl: {
    kind: 'async, waterfall',
    type: '`(bundle: EmittedBundle) => Promise<EmittedBundle>`',
    calledBy: '`ChipBuilder`, when a design is emitted',
    purpose: 'Adds, replaces or leaves out files of the bundle before anything is written.',
    since: '0.1.0',
  },
  simulate: {
    kind: 'async, first answer',
    type: '`(request: SimulateRequest) => Promise<SimulationRun | undefined>`',
    calledBy: '`ChipSimulator`',
    purpose:
      "A simulator runs the bundle's chip, or returns `undefined` when another tool is asked for or its own is not installed. Inputs and outputs are the chip's own: what the host runs around it is done by `ChipSimulator`.",
    since: '0.1.0',
  },
  synthesize: {
    kind: 'async, first answer',
    type: '`(request: SynthesizeRequest) => Promise<SynthesizeResponse | undefined>`',
    calledBy: '`ChipSynthesizer`',
    purpose: 'A synthesiser counts the cells of the bundle, or returns `undefined` when it does not serve the target.',
    since: '0.1.0',
  },
  report: {
    kind: 'async, series',
    type: '`(report: CommandReport) => Promise<void>`',
    calledBy: 'the command line, after every command that succeeded',
    purpose: 'Writes the result elsewhere or in another form. The document is the one that `--json` prints.',
    since: '0.1.0',
  },
  defineCommands: {
    kind: 'sync',
    type: '`(commands: Registry<CommandDefinition>) => void`',
    calledBy: '`createAutoDNNchip`, once',
    purpose: 'Adds commands to the command line, as data and one function.',
    since: '0.1.0',
  },
};
