import { createAgenda } from './agenda';
import { createBackground } from './background';

function stage() {
  const clock = { now: 1000 };
  const background = createBackground();
  const agenda = createAgenda({ read: () => Promise.resolve(clock.now) }, background);
  const done: string[] = [];
  const note = (name: string) => () => Promise.resolve(done.push(name));
  return { clock, background, agenda, done, note };
}

describe('the agenda', () => {
  it('runs nothing before its time, and then in the order of time', async () => {
    const { clock, background, agenda, done, note } = stage();
    await agenda.after(500, note('later'));
    await agenda.after(100, note('sooner'));
    expect([await agenda.catchUp(), agenda.nextAt(), background.busy]).toEqual([false, 1100, 0]);
    clock.now = 1499;
    expect([await agenda.catchUp(), done, agenda.nextAt()]).toEqual([true, ['sooner'], 1500]);
    clock.now = 9999;
    expect([await agenda.catchUp(), done, agenda.nextAt()]).toEqual([true, ['sooner', 'later'], null]);
  });

  it('keeps what is put down while it looks', async () => {
    const { clock, agenda, done, note } = stage();
    await agenda.after(100, note('first'));
    clock.now = 1100;
    await Promise.all([agenda.catchUp(), agenda.after(100, note('second')), agenda.catchUp()]);
    expect([done, agenda.nextAt()]).toEqual([['first'], 1200]);
  });

  it('looks at the clock by itself', async () => {
    const { agenda } = stage();
    await new Promise<void>((resolve) => {
      void agenda.after(0, () => Promise.resolve(resolve()));
    });
    expect(agenda.nextAt()).toBeNull();
  });

  it('may be cleared', async () => {
    const { clock, agenda, done, note } = stage();
    await agenda.after(100, note('never'));
    agenda.clear();
    clock.now = 9999;
    expect([await agenda.catchUp(), done, agenda.nextAt()]).toEqual([false, [], null]);
  });
});
