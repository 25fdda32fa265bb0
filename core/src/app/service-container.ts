import { Container } from 'inversify';
import { ChipError, errorMessage } from '../errors/index.js';
import { serviceName, type ServicesOf, type ServiceToken } from '../services/index.js';

/** The services of one framework instance. Each is made once, when it is first asked for. */
export interface ServiceContainer {
  bind<Service, const Dependencies extends readonly ServiceToken<unknown>[]>(
    provider: string,
    token: ServiceToken<Service>,
    dependencies: Dependencies,
    create: (...services: ServicesOf<Dependencies>) => NoInfer<Service>,
  ): void;
  get<Service>(token: ServiceToken<Service>): Service;
  /** Name of the plugin that provides each service. */
  providers(): ReadonlyMap<string, string>;
}

/** Provider name of services that plugins may replace. */
export const coreProvider = '@autodnnchip/core';

export function createServiceContainer(isFrozen: () => boolean): ServiceContainer {
  const container = new Container();
  const providers = new Map<symbol, string>();
  return {
    bind(provider, token, dependencies, create) {
      const name = serviceName(token);
      if (isFrozen()) {
        throw new ChipError('ADC2006', `Service ${name} can no longer be provided: the framework is already running`, {
          plugin: provider,
          hint: "Call chip.bind inside the plugin's apply(chip).",
        });
      }
      const previous = providers.get(token);
      if (previous !== undefined && previous !== coreProvider) {
        throw new ChipError('ADC2007', `Service ${name} is provided by both ${previous} and ${provider}`, {
          plugin: provider,
          hint: 'Leave out one of the two plugins.',
        });
      }
      if (previous !== undefined) container.unbind(token);
      providers.set(token, provider);
      const createChecked = (...services: unknown[]): unknown => {
        try {
          return (create as (...given: unknown[]) => unknown)(...services);
        } catch (error) {
          if (error instanceof ChipError) throw error;
          throw new ChipError(
            'ADC2005',
            `Plugin ${provider} failed to create service ${name}: ${errorMessage(error)}`,
            { plugin: provider, cause: error },
          );
        }
      };
      container
        .bind<unknown>(token)
        .toResolvedValue(createChecked, [...dependencies])
        .inSingletonScope();
    },
    get<Service>(token: ServiceToken<Service>): Service {
      const name = serviceName(token);
      if (!container.isBound(token)) {
        throw new ChipError('ADC2009', `Nothing provides the service ${name}`, {
          hint: `Add the plugin that provides ${name} to the plugins of createAutoDNNchip.`,
        });
      }
      try {
        return container.get<Service>(token);
      } catch (error) {
        const inner = findChipError(error);
        if (inner !== undefined) throw inner;
        throw new ChipError('ADC2009', `Service ${name} cannot be created: ${errorMessage(error)}`, {
          cause: error,
          plugin: providers.get(token) ?? coreProvider,
          hint: 'A service that it depends on is missing, or depends on it in turn.',
        });
      }
    },
    providers: () => new Map([...providers].map(([token, provider]) => [serviceName(token), provider])),
  };
}

function findChipError(error: unknown): ChipError | undefined {
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 10;
    current = current.cause, depth++
  ) {
    if (current instanceof ChipError) return current;
  }
  return undefined;
}
