declare const serviceType: unique symbol;

/**
 * Names a service for the container. Every service is an interface with a token of the same name beside it:
 *
 *     export interface Log { … }
 *     export const Log = serviceToken<Log>('Log');
 */
export type ServiceToken<Service> = symbol & { readonly [serviceType]?: Service };

/** What is behind each token of a tuple, in order. */
export type ServicesOf<Tokens extends readonly ServiceToken<unknown>[]> = {
  -readonly [Index in keyof Tokens]: Tokens[Index] extends ServiceToken<infer Service> ? Service : never;
};

/** Makes a token; `name` appears in messages. */
export function serviceToken<Service>(name: string): ServiceToken<Service> {
  return Symbol.for(`autodnnchip.service.${name}`);
}

/** The name that a token was made with. */
export function serviceName(token: ServiceToken<unknown>): string {
  return (Symbol.keyFor(token) ?? token.description ?? 'unnamed').replace('autodnnchip.service.', '');
}
