import { parentPort, workerData } from 'node:worker_threads';
import { defaultPlugins } from './default-plugins.js';
import { interrupted } from './report-failure.js';
import { runCommandLine } from './run-command-line.js';
import type { MessageStream } from './terminal-log.js';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.js';

/**
 * The thread that does a command's work, so that the main thread is free for signals: whatever runs here, however long
 * and without a pause, can be ended from there.
 */
const port = parentPort;
if (port === null) throw new Error('command-thread runs as a thread of the command line');
const { argv, workingDirectory, errorColumns } = workerData as ThreadStart;
const tell = (message: FromThread): void => port.postMessage(message);

let interruptExitCode: number | undefined;
const controller = new AbortController();
port.on('message', (message: ToThread) => {
  if (message.kind === 'interrupt') {
    interruptExitCode = message.exitCode;
    controller.abort(interrupted());
  } else {
    tell({ kind: 'awake' });
  }
});

// Standard output is the command's result and nothing else: what a plugin prints is a message.
process.stdout.write = process.stderr.write.bind(process.stderr);

const standardOutput: MessageStream = {
  write: text => {
    tell({ kind: 'output', text });
  },
};
const standardError: MessageStream = {
  write: text => {
    tell({ kind: 'message', text });
  },
  ...(errorColumns === undefined ? {} : { isTTY: true, columns: errorColumns }),
};
process.exit(
  await runCommandLine({
    argv,
    plugins: defaultPlugins,
    signal: controller.signal,
    workingDirectory,
    standardOutput,
    standardError,
    interruptExitCode: () => interruptExitCode,
    onCommand: command => tell({ kind: 'command', command }),
  }),
);
