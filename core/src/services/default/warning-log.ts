import type { Log } from '../log.js';

/** Shows warnings on standard error and nothing else; front ends provide a log of their own. */
export function createWarningLog(): Log {
  return {
    warn: (message) => void process.stderr.write(`warning: ${message}\n`),
    info: () => undefined,
    detail: () => undefined,
    progress: () => undefined,
  };
}
