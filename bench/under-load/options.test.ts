import { OptionError } from '../options';
import { readLoadOptions, SCENARIOS } from './options';

describe('the options of the load scenarios', () => {
  it('play everything in memory where nothing is said', () => {
    expect(readLoadOptions([])).toMatchObject({
      engine: 'memory',
      scenarios: SCENARIOS,
      isQuick: false,
      sizes: { L1: { people: 100_000 }, soak: { seconds: 1_800 } },
    });
  });

  it('name scenarios, engine and sizes', () => {
    const args = ['--only', 'L3', '--only', 'L1', '--engine', 'postgres', '--people', '20000', '--seconds', '9'];
    expect(readLoadOptions(args)).toMatchObject({
      engine: 'postgres',
      scenarios: ['L1', 'L3'],
      sizes: { L1: { people: 20_000 }, L3: { people: 20_000, seconds: 9 }, soak: { seconds: 9 } },
    });
  });

  it('are smaller in a hurry', () => {
    const [quick, full] = [readLoadOptions(['--quick']), readLoadOptions([])];
    if (quick === 'help' || full === 'help') throw new Error('nobody asked for help');
    expect(quick.sizes.L1.people).toBeLessThan(full.sizes.L1.people / 10);
  });

  it.each([
    [['--only', 'L2'], '--only is "L2"; it must be one of L1, L3, L4, L8, soak'],
    [['--people', '-1'], '--people is "-1"; it must be a whole number above 0'],
    [['--seconds'], '--seconds is ""; it must be a whole number above 0'],
    [['--engine', 'sqlite'], '--engine is "sqlite"; it must be memory or postgres'],
    [['--fast'], '"--fast" is not an option'],
  ])('refuse %j with the rule', (args, words) => {
    expect(() => readLoadOptions(args)).toThrow(OptionError);
    expect(() => readLoadOptions(args)).toThrow(words);
  });

  it('tell what they are', () => expect(readLoadOptions(['--help'])).toBe('help'));
});
