import { printable, printableName, type Log } from '@autodnnchip/core';
import type { Paint } from './paint.js';

/** Where messages go. */
export interface MessageStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface TerminalLogOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly paint: Paint;
  readonly stream: MessageStream;
  readonly now?: () => number;
}

const redrawMilliseconds = 100;
const lineMilliseconds = 5000;

/** Messages hold names from files; further lines stand further in, so that no name passes for a message. */
function shown(message: string): string {
  return printable(message).replace(/\n(?! {2})/g, '\n  ');
}

/** Messages and one progress line on standard error; lines now and then where that is not a terminal. */
export function createTerminalLog({
  quiet,
  verbose,
  paint,
  stream,
  now = Date.now,
}: TerminalLogOptions): Log & { clear(): void } {
  let progressShown = false;
  let nextProgress = -Infinity;
  const clear = (): void => {
    if (progressShown && stream.isTTY === true) stream.write('\r\u001b[K');
    progressShown = false;
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
  };
  return {
    clear,
    warn: message => line(`${paint.yellow('warning:')} ${shown(message)}`),
    info: message => {
      if (!quiet) line(shown(message));
    },
    detail: message => {
      if (verbose) line(paint.dim(shown(message)));
    },
    progress: (rawLabel, done, total) => {
      if (quiet) return;
      const label = printableName(rawLabel);
      const finished = total !== undefined && done >= total;
      if (!finished && now() < nextProgress) return;
      const text =
        total === undefined
          ? `${label}: ${done}`
          : `${label}: ${done}/${total} (${Math.floor((100 * done) / Math.max(total, 1))} %)`;
      if (stream.isTTY === true) {
        stream.write(`\r\u001b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
        progressShown = true;
        nextProgress = now() + redrawMilliseconds;
        if (finished) line(text);
      } else {
        stream.write(`${text}\n`);
        nextProgress = finished ? -Infinity : now() + lineMilliseconds;
      }
    },
  };
}
