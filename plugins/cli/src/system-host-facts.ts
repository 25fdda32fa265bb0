import { arch, availableParallelism, freemem, totalmem, type as systemName, release } from 'node:os';
import type { HostFacts } from '@autodnnchip/core';
import systeminformation from 'systeminformation';

/** Facts by narrow calls of systeminformation; where one fails or says nothing, Node's own knowledge, or nothing. */
export function createSystemHostFacts(): HostFacts {
  return {
    async describe() {
      const [processor, memory, system] = await Promise.all([
        systeminformation.cpu().catch(() => undefined),
        systeminformation.mem().catch(() => undefined),
        systeminformation.osInfo().catch(() => undefined),
      ]);
      return {
        operatingSystem: [system?.distro, system?.release].filter(Boolean).join(' ') || `${systemName()} ${release()}`,
        architecture: arch(),
        nodeVersion: process.versions.node,
        processor: [processor?.manufacturer, processor?.brand].filter(Boolean).join(' '),
        logicalCores: availableParallelism(),
        memoryBytes: wholeOr(memory?.total, totalmem()),
        availableMemoryBytes: wholeOr(memory?.available, freemem()),
      };
    },
  };
}

function wholeOr(value: number | undefined, fallback: number): number {
  return value !== undefined && Number.isInteger(value) && value >= 0 ? value : fallback;
}
