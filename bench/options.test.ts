import { OptionError, readOptions, USUAL_PARTS } from './options';

describe('the options of the bench', () => {
  it('measure everything in memory where nothing is said', () => {
    expect(readOptions([])).toMatchObject({ engine: 'memory', parts: USUAL_PARTS, isQuick: false, needsServers: true });
  });

  it('name the engine and the parts', () => {
    const options = readOptions(['--engine', 'postgres', '--only', 'facts', '--only', 'planner', '--quick']);
    expect(options).toMatchObject({ engine: 'postgres', parts: ['facts', 'planner'], isQuick: true });
  });

  it('need no server for pure functions', () => {
    expect(readOptions(['--only', 'planner', '--only', 'forecast'])).toMatchObject({ needsServers: false });
  });

  it.each([
    [['--engine', 'sqlite'], '--engine is "sqlite"; it must be memory or postgres'],
    [['--only'], '--only is ""; it must be one of contacts, starts, facts, planner, forecast'],
    [['--fast'], '"--fast" is not an option'],
  ])('refuse %j with the rule', (args, words) => {
    expect(() => readOptions(args)).toThrow(OptionError);
    expect(() => readOptions(args)).toThrow(words);
  });

  it('tell what they are', () => expect(readOptions(['--help'])).toBe('help'));
});
