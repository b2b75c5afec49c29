import type { Logger } from 'pino';

type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
type Fields = Readonly<Record<string | symbol, unknown>>;

/** The shape of the logger that Temporal's SDK asks for. */
export interface TemporalLogger {
  log(level: Level, message: string, fields?: Fields): void;
  trace(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

const QUIETER = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

/** What the SDK, its native core and our workflows say goes through our log; its chatter of every start is debug to us. */
export function temporalLogger(log: Logger): TemporalLogger {
  const say = (level: Level, message: string, fields: Fields = {}): void => {
    const { error, ...rest } = fields;
    log[QUIETER[level]]({ ...rest, ...(error === undefined ? {} : { err: error }) }, message);
  };
  return {
    log: say,
    trace: (message, fields) => say('TRACE', message, fields),
    debug: (message, fields) => say('DEBUG', message, fields),
    info: (message, fields) => say('INFO', message, fields),
    warn: (message, fields) => say('WARN', message, fields),
    error: (message, fields) => say('ERROR', message, fields),
  };
}
