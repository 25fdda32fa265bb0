import { serviceToken } from './service-token.js';

/** What is known of the computer; texts are empty and numbers 0 where it does not say. */
export interface HostDescription {
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly nodeVersion: string;
  readonly processor: string;
  readonly logicalCores: number;
  readonly memoryBytes: number;
  readonly availableMemoryBytes: number;
}

/** Describes the computer that work runs on. */
export interface HostFacts {
  describe(): Promise<HostDescription>;
}
export const HostFacts = serviceToken<HostFacts>('HostFacts');
