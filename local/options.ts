import { parseArgs } from 'node:util';
import { MOST_EXAMPLE_CONTACTS } from './example-contacts';

export interface StartOptions {
  readonly contacts: number;
  readonly speed: number;
  readonly once: boolean;
  readonly port: number;
  readonly uiPort: number;
  readonly folder: string;
}

export const HELP = `npm start [-- options]   for example: npm start -- --once --contacts 20

Starts Followthrough on this machine with the simulator in place of every provider and runs the example campaign.

  --contacts N   people of the example campaign, 1 to 2000         (200)
  --speed N      business seconds per real second, 1 to 3600       (720: a day in two minutes)
  --once         end when the campaign has ended; exit code 0 only if everything balances
  --port N       of the API                                        (3000)
  --ui-port N    of the Temporal UI                                (8233)
  --folder DIR   where everything is kept                          (.local)
  --help         this text`;

/** Options that npm has none of the same name of. */
const OWN_TO_US = ['contacts', 'speed', 'once', 'ui-port', 'folder'];

/** Bad options: the message says which and why; exit code 2. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartOptions | 'help' {
  refuseSwallowed(env);
  const values = parse(args);
  if (values.help === true) return 'help';
  const options = {
    contacts: wholeNumber('contacts', values.contacts, 200, 1, MOST_EXAMPLE_CONTACTS),
    speed: wholeNumber('speed', values.speed, 720, 1, 3_600),
    once: values.once === true,
    port: wholeNumber('port', values.port, 3000, 1, 65_535),
    uiPort: wholeNumber('ui-port', values['ui-port'], 8233, 1, 65_535),
    folder: values.folder ?? '.local',
  };
  if (options.folder === '') throw new OptionError(`--folder takes the name of a folder, not "".\n\n${HELP}`);
  if (options.port === options.uiPort)
    throw new OptionError(`--port and --ui-port are both ${options.port}; each needs a port of its own.\n\n${HELP}`);
  return options;
}

/** Without the two dashes in front npm takes an option for one of its own, and tells us of it only here. */
function refuseSwallowed(env: Readonly<Record<string, string | undefined>>): void {
  const swallowed = OWN_TO_US.find((name) => env[`npm_config_${name.replace('-', '_')}`] !== undefined);
  if (swallowed !== undefined)
    throw new OptionError(`npm kept --${swallowed} to itself: two dashes go before our options.\n\n${HELP}`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        contacts: { type: 'string' },
        speed: { type: 'string' },
        once: { type: 'boolean' },
        port: { type: 'string' },
        'ui-port': { type: 'string' },
        folder: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new OptionError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function wholeNumber(name: string, text: string | undefined, fallback: number, least: number, most: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new OptionError(`--${name} takes a whole number from ${least} to ${most}, not "${text}".\n\n${HELP}`);
}
