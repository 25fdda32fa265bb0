import { spawn, type ChildProcess } from 'node:child_process';

export interface BoundedProcessRequest {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly workingDirectory?: string;
  readonly input?: string | Uint8Array;
  readonly timeLimitSeconds: number;
  readonly outputLimitBytes: number;
  readonly memoryLimitBytes?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** How a process ended, and what it printed until then. */
export interface ProcessOutcome {
  readonly end:
    | { readonly kind: 'exit'; readonly code: number }
    | { readonly kind: 'signal'; readonly signal: string }
    | { readonly kind: 'timeLimit' | 'outputLimit' | 'aborted' }
    | { readonly kind: 'notStarted'; readonly cause: Error };
  readonly standardOutput: string;
  readonly standardError: string;
  readonly wallSeconds: number;
}

const killGraceMilliseconds = 2000;
/** Node runs longer timers at once. */
const longestTimerMilliseconds = 2 ** 31 - 1;
const running = new Set<ChildProcess>();
let exitHookInstalled = false;

/** Kills what is still running when this process ends without waiting for it. */
function installExitHook(): void {
  if (exitHookInstalled) return;
  exitHookInstalled = true;
  process.once('exit', () => {
    for (const child of running) signalGroup(child, 'SIGKILL');
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** Runs a process in a group of its own, within its limits. Never rejects. */
export async function runBoundedProcess(request: BoundedProcessRequest): Promise<ProcessOutcome> {
  const started = performance.now();
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  const finish = (end: ProcessOutcome['end']): ProcessOutcome => ({
    end,
    standardOutput: Buffer.concat(output).toString('utf8'),
    standardError: Buffer.concat(errors).toString('utf8'),
    wallSeconds: (performance.now() - started) / 1000,
  });
  if (request.signal?.aborted === true) return finish({ kind: 'aborted' });
  installExitHook();
  return await new Promise(resolve => {
    const child = spawnLimited(request);
    running.add(child);
    let stopped: 'timeLimit' | 'outputLimit' | 'aborted' | undefined;
    let graceTimer: NodeJS.Timeout | undefined;
    const stop = (reason: 'timeLimit' | 'outputLimit' | 'aborted'): void => {
      if (stopped !== undefined) return;
      stopped = reason;
      signalGroup(child, 'SIGTERM');
      killAfterGrace();
    };
    // Also after an ordinary exit: a grandchild that keeps the pipes open would keep us waiting.
    const killAfterGrace = (): void => {
      graceTimer ??= setTimeout(() => {
        signalGroup(child, 'SIGKILL');
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, killGraceMilliseconds);
    };
    child.once('exit', killAfterGrace);
    const timer = setTimeout(
      () => stop('timeLimit'),
      Math.min(request.timeLimitSeconds * 1000, longestTimerMilliseconds),
    );
    const onAbort = (): void => stop('aborted');
    request.signal?.addEventListener('abort', onAbort, { once: true });
    let printedBytes = 0;
    const collect =
      (chunks: Buffer[]) =>
      (chunk: Buffer): void => {
        printedBytes += chunk.length;
        if (printedBytes > request.outputLimitBytes) stop('outputLimit');
        else chunks.push(chunk);
      };
    const end = (result: ProcessOutcome['end']): void => {
      clearTimeout(timer);
      clearTimeout(graceTimer);
      request.signal?.removeEventListener('abort', onAbort);
      // Children that outlive the tool itself would hold files and cores.
      signalGroup(child, 'SIGKILL');
      child.stdio[lifeline]?.destroy();
      running.delete(child);
      resolve(finish(result));
    };
    child.stdout?.on('data', collect(output));
    child.stderr?.on('data', collect(errors));
    child.once('error', cause => end({ kind: 'notStarted', cause }));
    // Not the event `close`: it would wait for the lifeline, which is held until the end.
    let open = 3;
    let exit: readonly [code: number | null, signal: string | null] = [null, null];
    const closed = (): void => {
      open--;
      if (open > 0) return;
      const [code, signal] = exit;
      if (stopped !== undefined) end({ kind: stopped });
      else if (code !== null) end({ kind: 'exit', code });
      else end({ kind: 'signal', signal: signal ?? 'unknown' });
    };
    child.once('exit', (code, signal) => {
      exit = [code, signal];
      closed();
    });
    child.stdout?.once('close', closed);
    child.stderr?.once('close', closed);
    child.stdin?.once('error', () => undefined);
    child.stdin?.end(request.input);
  });
}

/** File descriptor of the pipe that this process holds as long as it lives. */
const lifeline = 3;
/** Ends the group of a tool when its lifeline is cut: when the process that started it is gone, however it went. */
const endWithParent = `{ read -r end <&${lifeline}; kill -s KILL -- -$$; } </dev/null >/dev/null 2>&1 & exec ${lifeline}<&-;`;

function spawnLimited(request: BoundedProcessRequest): ChildProcess {
  const options = {
    ...(request.workingDirectory === undefined ? {} : { cwd: request.workingDirectory }),
    env: { ...process.env, ...request.environment },
    windowsHide: true,
  };
  if (process.platform === 'win32') return spawn(request.path, request.arguments, { ...options, stdio: 'pipe' });
  // Not `-v`: runtimes of WebAssembly reserve address space a thousandfold of what they use.
  const limit =
    request.memoryLimitBytes === undefined ? '' : `ulimit -d ${Math.ceil(request.memoryLimitBytes / 1024)};`;
  return spawn('/bin/sh', ['-c', `${limit} ${endWithParent} exec "$0" "$@"`, request.path, ...request.arguments], {
    ...options,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
}
