import { createBusinessClock } from './business-clock';

/** A source whose answers the test gives one by one. */
function slowSource() {
  const asked: { resolve: (now: number) => void; reject: (error: Error) => void }[] = [];
  const source = () => new Promise<number>((resolve, reject) => asked.push({ resolve, reject }));
  return { asked, source };
}

describe('the business clock', () => {
  it('is read at its source each time', async () => {
    let now = 1;
    const clock = createBusinessClock(() => Promise.resolve(now));
    expect(await clock.read()).toBe(1);
    now = 2;
    expect(await clock.read()).toBe(2);
  });

  it('never answers with a reading that began before it was asked, and asks once for many', async () => {
    const { asked, source } = slowSource();
    const clock = createBusinessClock(source);
    const first = clock.read();
    const others = [clock.read(), clock.read(), clock.read()];
    expect(asked).toHaveLength(1);
    asked[0]?.resolve(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    asked[1]?.resolve(2);
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
    expect(asked).toHaveLength(2);
  });

  it('goes on with the last reading while its source is out of reach', async () => {
    let isUp = true;
    const clock = createBusinessClock(() =>
      isUp ? Promise.resolve(7) : Promise.reject(new Error('connection refused')),
    );
    expect(await clock.read()).toBe(7);
    isUp = false;
    expect(await clock.read()).toBe(7);
    isUp = true;
    expect(await clock.read()).toBe(7);
  });

  it('is an error when there was no reading at all', async () => {
    const clock = createBusinessClock(() => Promise.reject(new Error('connection refused')));
    await expect(clock.read()).rejects.toThrow('connection refused');
  });
});
