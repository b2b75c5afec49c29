import { constants } from 'node:os';

/** Somebody asked us to stop, by Ctrl-C, `kill`, a closed terminal or by no longer reading what we write. */
export class StopRequest extends Error {
  override readonly name = 'StopRequest';
  constructor(readonly by: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE') {
    super(`stopped by ${by}`);
  }

  /** What a shell would answer for a process that was ended by this signal. */
  get exitCode(): number {
    return 128 + constants.signals[this.by];
  }
}

/** Aborted with a `StopRequest` at the first request. A second signal ends this process at once; its children follow. */
export function onStopRequest(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => controller.abort(new StopRequest(name)));
  // Nobody is left who could read the error.
  process.stdout.on('error', () => controller.abort(new StopRequest('SIGPIPE')));
  return controller.signal;
}

/** Rejects with the request. */
export function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
