import { stopped, StopRequest } from './stop-request';

describe('a request to stop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s is told to a shell as %i', (by, exitCode) => {
    expect(new StopRequest(by).exitCode).toBe(exitCode);
  });

  it('reaches whoever waits for it, before it came and after', async () => {
    const controller = new AbortController();
    const waiting = stopped(controller.signal);
    const request = new StopRequest('SIGTERM');
    controller.abort(request);
    await expect(waiting).rejects.toBe(request);
    await expect(stopped(controller.signal)).rejects.toBe(request);
  });
});
