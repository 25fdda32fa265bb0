import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import type { HostFacts } from '../host-facts.js';

/** What Node itself knows of the computer. */
export function createNodeHostFacts(): HostFacts {
  return {
    describe: () =>
      Promise.resolve({
        operatingSystem: `${platform()} ${release()}`,
        architecture: arch(),
        nodeVersion: process.versions.node,
        processor: cpus()[0]?.model.trim() ?? '',
        logicalCores: availableParallelism(),
        memoryBytes: totalmem(),
        availableMemoryBytes: freemem(),
      }),
  };
}
