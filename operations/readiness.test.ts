import { setTimeout as delay } from 'node:timers/promises';
import { readinessOf, type Part } from './readiness';

const part = (name: string, check: () => Promise<string | null>, isNeeded = true): Part => ({ name, isNeeded, check });
const well = async () => null;

describe('readiness', () => {
  it('is given when every part is well', async () => {
    const ask = readinessOf([part('database', well), part('temporal', well)]);
    expect(await ask()).toEqual({ isReady: true, parts: { database: 'ok', temporal: 'ok' } });
  });

  it('names the part that is missing, and what is wrong with it', async () => {
    const ask = readinessOf([part('database', well), part('migrations', async () => 'behind')]);
    expect(await ask()).toEqual({ isReady: false, parts: { database: 'ok', migrations: 'behind' } });
  });

  it('tells of a part that can be done without, and is given all the same', async () => {
    const ask = readinessOf([part('temporal', async () => 'no namespace', false)]);
    expect(await ask()).toEqual({ isReady: true, parts: { temporal: 'no namespace' } });
  });

  it('never repeats what an error says: it may hold a secret', async () => {
    const ask = readinessOf([
      part('database', async () => {
        throw new Error('postgres://user:hush@example.com refused');
      }),
    ]);
    expect(await ask()).toEqual({ isReady: false, parts: { database: 'no answer' } });
  });

  it('answers in time when a part does not', async () => {
    const ask = readinessOf([part('database', () => new Promise(() => undefined))], 20);
    expect(await ask()).toEqual({ isReady: false, parts: { database: 'no answer in time' } });
  });

  it('asks a part that hangs only once, however many ask', async () => {
    let asked = 0;
    const hangs = async (): Promise<null> => {
      asked++;
      return new Promise<null>(() => undefined);
    };
    // Every reading below is beyond the second for which an answer is kept.
    const ask = readinessOf([part('database', hangs)], 5);
    await Promise.all([ask(), ask(), ask()]);
    await delay(1_010);
    await Promise.all([ask(), ask()]);
    expect(asked).toBe(1);
  });
});
