import {
  ChipError,
  Definitions,
  definePlugin,
  type FrameworkFactory,
  type AutoDNNchip,
  type LoadedPlugin,
  type Plugin,
  type PluginInput,
} from '@autodnnchip/core';
import type { Bid, Engine, EngineDefinition, Work } from '@autodnnchip/core/engine';

/** An answer of an engine to a work, as it was given; `thrown` where it threw. */
export interface RecordedBid {
  readonly work: Work;
  readonly bid?: unknown;
  readonly thrown?: unknown;
}

/** The engines of a plugin, and a framework of chips that have them. */
export interface EnginesUnderTest {
  readonly definitions: readonly EngineDefinition[];
  /**
   * A framework in which the engine gets each work that it bids for, so that its chips are about it; answers go to
   * `record`.
   */
  favouring(engine: EngineDefinition, record: (answer: RecordedBid) => void): AutoDNNchip;
}

function namesOf(input: PluginInput): readonly string[] {
  if (Array.isArray(input)) return (input as readonly PluginInput[]).flatMap(namesOf);
  return typeof input === 'object' && input !== null && 'name' in input ? [input.name] : [];
}

/** Loads what the plugin defines. Throws ADC2008 where it defines no engine. */
export function enginesOf(loaded: LoadedPlugin, factory: FrameworkFactory): EnginesUnderTest {
  const own = new Set(namesOf(loaded.plugin));
  const others = (plugins: readonly Plugin[]): readonly Plugin[] => plugins.filter(({ name }) => !own.has(name));
  const engines = (framework: AutoDNNchip): readonly EngineDefinition[] => framework.get(Definitions).engines.list();
  const without = new Set(engines(factory.create(others)).map(({ id }) => id));
  const all = engines(factory.create(plugins => [...others(plugins), loaded.plugin]));
  const definitions = all.filter(({ id }) => !without.has(id));
  if (definitions.length === 0)
    throw new ChipError('ADC2008', 'The plugin defines no engine', {
      hint: 'Tap the hook defineEngines: docs/engines.md has the contract.',
    });
  return {
    definitions,
    favouring: (engine, record) =>
      factory.create(plugins => [
        ...others(plugins),
        definePlugin(() => ({
          name: 'engine-under-test',
          apiVersion: 1,
          apply(chip) {
            chip.hooks.defineEngines.tap('engine-under-test', registry => {
              for (const definition of definitions)
                registry.add(definition === engine ? favoured(definition, record) : definition);
            });
          },
        }))(),
      ]),
  };
}

/** The engine with bids of no cycles, so that it wins whatever it runs. */
function favoured(definition: EngineDefinition, record: (answer: RecordedBid) => void): EngineDefinition {
  return {
    ...definition,
    create(values) {
      const engine = definition.create(values);
      const bid = (work: Work): Bid => {
        try {
          const answer = engine.bid(work);
          record({ work, bid: answer });
          return 'cycles' in answer && Number.isFinite(answer.cycles) ? { ...answer, cycles: 0 } : answer;
        } catch (thrown) {
          record({ work, thrown });
          return { refused: 'it threw' };
        }
      };
      return Object.create(engine, { bid: { value: bid } }) as Engine;
    },
  };
}
