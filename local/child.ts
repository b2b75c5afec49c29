import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Runs the child as this user and the group of the same number. */
  readonly uid?: number;
  /** Asks the child to end; after the grace it is killed. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
  readonly log?: (line: string) => void;
}

/** A server that lives as long as this process at most. */
export interface Child {
  readonly pid: number;
  /** Answers how it ended, whether asked to or not. */
  readonly exited: Promise<string>;
  readonly isRunning: () => boolean;
  /** The last lines that it wrote, for an error message. */
  readonly lastLines: () => string;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

const STOP_GRACE_SECONDS = 10;
const KEPT_LINES = 20;

/** Starts a server in a session of its own, so that Ctrl-C reaches us alone and we stop everything in order. */
export async function startChild(command: string, args: readonly string[], options: ChildOptions = {}): Promise<Child> {
  const { stopSignal = 'SIGTERM' } = options;
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  const lines = keepLines(child, options.log);
  await once(child, 'spawn');
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} started without a process id`);

  const watcher = watch(pid, stopSignal);
  void exited.then(() => watcher.kill('SIGKILL'));
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;

  return {
    pid,
    exited,
    isRunning,
    lastLines: () => lines.join('\n'),
    async stop() {
      child.kill(stopSignal);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_SECONDS * 1000);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * A shell that waits for the end of its input, which comes when this process is gone, however it went
 * (`kill -9` leaves no other trace), and then ends the server.
 */
function watch(pid: number, signal: string): ChildProcess {
  const script = 'read _; kill -s "$2" "$1" 2>/dev/null; sleep "$3"; kill -s KILL "$1" 2>/dev/null';
  const name = signal.replace('SIG', '');
  const watcher = spawn('/bin/sh', ['-c', script, 'watch', String(pid), name, String(STOP_GRACE_SECONDS)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  watcher.on('error', () => undefined);
  // A pipe of a child is a socket, which alone would keep this process alive.
  if (watcher.stdin && 'unref' in watcher.stdin && typeof watcher.stdin.unref === 'function') watcher.stdin.unref();
  return watcher;
}

function keepLines(child: ChildProcess, log: ((line: string) => void) | undefined): string[] {
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      log?.(line);
    });
  }
  return lines;
}
