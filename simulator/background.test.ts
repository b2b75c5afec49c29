import { createBackground, isAbort } from './background';

const LONG_MS = 60_000;

describe('the background', () => {
  it('is idle when everything is done, also what began meanwhile', async () => {
    const background = createBackground();
    const done: string[] = [];
    void background.run(async () => {
      await background.pause(1);
      done.push('first');
      void background.run(async () => {
        await background.pause(1);
        done.push('second');
      });
    });
    expect(background.busy).toBe(1);
    await background.idle();
    expect(done).toEqual(['first', 'second']);
    expect(background.busy).toBe(0);
  });

  it('breaks off what is under way when it is reset, and can be used again', async () => {
    const background = createBackground();
    const broken = background.run(() => background.pause(LONG_MS));
    await background.reset();
    await broken;
    let isDone = false;
    await background.run(async () => {
      isDone = true;
    });
    expect(isDone).toBe(true);
    await background.stop();
  });

  it('tells at the end which tasks failed by themselves', async () => {
    const background = createBackground();
    void background.run(() => Promise.reject(new Error('a bug')));
    void background.run(() => background.pause(LONG_MS));
    await expect(background.stop()).rejects.toMatchObject({ errors: [{ message: 'a bug' }] });
  });

  it('waits for something, but not for ever', async () => {
    const background = createBackground();
    await background.atMost(LONG_MS, Promise.resolve());
    await background.atMost(LONG_MS, Promise.reject(new Error('lost')));
    await background.atMost(1, new Promise(() => undefined));
    const waiting = background.atMost(LONG_MS, new Promise(() => undefined));
    await background.reset();
    await waiting;
  });

  it('knows an abort by its name', async () => {
    const background = createBackground();
    const error = await background.pause(LONG_MS, AbortSignal.abort()).catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
    expect(isAbort(new Error('other'))).toBe(false);
    expect(isAbort(null)).toBe(false);
  });
});
