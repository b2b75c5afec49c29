import { HELP, OptionError, readOptions } from './options';

const DEFAULTS = { contacts: 200, speed: 720, once: false, port: 3000, uiPort: 8233, folder: '.local' };

describe('the options of npm start', () => {
  it('are what the help says where nothing is given', () => {
    expect(readOptions([], {})).toEqual(DEFAULTS);
    for (const value of ['(200)', '(720', '(3000)', '(8233)', '(.local)']) expect(HELP).toContain(value);
  });

  it.each([
    [['--contacts', '20'], { contacts: 20 }],
    [['--contacts', '2000'], { contacts: 2000 }],
    [['--speed=3600'], { speed: 3600 }],
    [['--once'], { once: true }],
    [['--port', '3301', '--ui-port', '8501'], { port: 3301, uiPort: 8501 }],
    [['--folder', '/tmp/demo'], { folder: '/tmp/demo' }],
  ])('%j is understood', (args, changed) => {
    expect(readOptions(args, {})).toEqual({ ...DEFAULTS, ...changed });
  });

  it.each([['--help'], ['-h']])('%s asks for the help', (arg) => {
    expect(readOptions([arg], {})).toBe('help');
  });

  it.each([
    [['--contacts', '0'], '--contacts takes a whole number from 1 to 2000, not "0".'],
    [['--contacts', '2001'], '--contacts takes a whole number from 1 to 2000, not "2001".'],
    [['--contacts', 'many'], '--contacts takes a whole number from 1 to 2000, not "many".'],
    [['--contacts', ''], '--contacts takes a whole number from 1 to 2000, not "".'],
    [['--speed', '0.5'], '--speed takes a whole number from 1 to 3600, not "0.5".'],
    [['--speed', '3601'], '--speed takes a whole number from 1 to 3600, not "3601".'],
    [['--port', '0'], '--port takes a whole number from 1 to 65535, not "0".'],
    [['--ui-port', '65536'], '--ui-port takes a whole number from 1 to 65535, not "65536".'],
    [['--port', '8233'], '--port and --ui-port are both 8233; each needs a port of its own.'],
    [['--folder', ''], '--folder takes the name of a folder, not "".'],
    [['--sped', '720'], "Unknown option '--sped'"],
    [['--contacts'], "'--contacts <value>' argument missing"],
    [['--once=yes'], "'--once' does not take an argument"],
    [['3600'], "Unexpected argument '3600'"],
  ])('%j is refused by name, value and rule, with the help below', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(OptionError);
    expect(() => readOptions(args, {})).toThrow(message);
    expect(() => readOptions(args, {})).toThrow(HELP);
  });

  it.each([
    [{ npm_config_once: 'true' }, 'npm kept --once to itself'],
    [{ npm_config_ui_port: '8501' }, 'npm kept --ui-port to itself'],
  ])('that npm has swallowed, %j, are not lost without a word', (env, message) => {
    expect(() => readOptions([], env)).toThrow(message);
    expect(() => readOptions([], env)).toThrow('npm start -- --once');
  });
});
