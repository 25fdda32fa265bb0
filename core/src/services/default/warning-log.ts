import { printable } from '../../errors/index.js';
import type { Log } from '../log.js';

/** Shows warnings on standard error and nothing else; front ends provide a log of their own. */
export function createWarningLog(): Log {
  return {
    warn: message => void process.stderr.write(`warning: ${printable(message)}\n`),
    info: () => undefined,
    detail: () => undefined,
    progress: () => undefined,
  };
}
