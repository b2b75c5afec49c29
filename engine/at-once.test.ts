import { AtOnce } from './at-once';

/** Work that lasts until it is let go on. */
function works(count: number) {
  const begun: number[] = [];
  const endings: (() => void)[] = [];
  const all = Array.from({ length: count }, (_, n) => async () => {
    begun.push(n);
    await new Promise<void>((resolve) => {
      endings[n] = resolve;
    });
  });
  return { all, begun, end: (n: number) => endings[n]?.() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('work that is done a few at a time', () => {
  it('is begun in its order, the next when one has ended', async () => {
    const { all, begun, end } = works(4);
    const atOnce = new AtOnce(2, 10);
    const answers = all.map((work) => atOnce.run(work));
    expect(begun).toEqual([0, 1]);
    end(1);
    await settled();
    expect(begun).toEqual([0, 1, 2]);
    end(0);
    await settled();
    expect(begun).toEqual([0, 1, 2, 3]);
    end(2);
    end(3);
    expect(await Promise.all(answers)).toEqual([true, true, true, true]);
  });

  it('is begun again after there was nothing to do', async () => {
    const atOnce = new AtOnce(1, 10);
    await atOnce.run(async () => undefined);
    const { all, begun, end } = works(1);
    const answer = atOnce.run(all[0] ?? (async () => undefined));
    await settled();
    expect(begun).toEqual([0]);
    end(0);
    expect(await answer).toBe(true);
  });

  it('is turned away when more waits than can be remembered', async () => {
    const { all, begun, end } = works(4);
    const atOnce = new AtOnce(1, 2);
    const answers = all.map((work) => atOnce.run(work));
    expect(await answers[3]).toBe(false);
    for (const n of [0, 1, 2]) {
      await settled();
      end(n);
    }
    expect(await Promise.all(answers)).toEqual([true, true, true, false]);
    expect(begun).toEqual([0, 1, 2]);
  });
});
