import { createLog, lastWords } from './log';
import { temporalLogger } from './temporal-log';

function written(level = 'trace') {
  const lines: string[] = [];
  const log = createLog({ level, role: 'test' }, { write: (line: string) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

const PRIVATE = ['+12125550123', '2125550123', '212-555-0123', 'nora@example.com', 'Nora', 'Berg', 'hush-hush'];

describe('the log', () => {
  it('says who speaks, when and how loud', () => {
    const { log, last } = written();
    log.info({ requestId: 'r-1' }, 'answered');
    expect(last()).toMatchObject({ level: 'info', role: 'test', requestId: 'r-1', msg: 'answered', pid: process.pid });
    expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it.each([
    ['phone', '+12125550123'],
    ['To', '2125550123'],
    ['email', 'nora@example.com'],
    ['firstName', 'Nora'],
    ['body', { text: 'Nora' }],
    ['authorization', 'Bearer hush-hush'],
    ['cookie', 'session=hush-hush'],
    ['headers', { 'x-any': 'hush-hush' }],
  ])('leaves out %s, at the top and at any depth', (name, value) => {
    const { log, lines, last } = written();
    log.info({ [name]: value, deep: [{ deeper: { [name]: value } }] }, 'said');
    expect(last()).toMatchObject({ [name]: '[redacted]', deep: [{ deeper: { [name]: '[redacted]' } }] });
    expect(PRIVATE.filter((each) => lines.join('').includes(each))).toEqual([]);
  });

  it.each([
    ['a phone number', 'no route to +12125550123 there', 'no route to [phone] there'],
    ['one in a link', 'GET /x?To=%2B12125550123', 'GET /x?To=[phone]'],
    ['one as people write it', 'call (212) 555-0123 back', 'call [phone] back'],
    ['a mail address', 'unknown user nora.b+x@mail.example.com', 'unknown user [mail]'],
    ['one in a link', 'GET /x?from=nora%40example.com', 'GET /x?from=[mail]'],
    ['a password in a URL', 'connect postgres://app:hush-hush@db:5432/x', 'connect postgres://[redacted]@db:5432/x'],
    ['a key in a header', 'sent Authorization: Bearer ft_hush-hush.x', 'sent Authorization: Bearer [redacted]'],
  ])('masks %s inside a sentence', (_, said, heard) => {
    const { log, last } = written();
    log.warn({ detail: said }, said);
    expect(last()).toMatchObject({ detail: heard, msg: heard });
    expect(lastWords(new Error(said))).toBe(heard);
  });

  it('keeps what only looks like it: ids, instants, paths of packages', () => {
    const { log, last } = written();
    const fields = {
      id: '0190163d-8694-739b-aea5-966c26f8ad91',
      at: '2027-03-01T17:00:00.000Z',
      ms: 1_772_384_400_000,
      file: '/app/node_modules/@temporalio/worker/lib/worker.js:10:20',
      address: undefined,
    };
    log.info(fields, 'kept');
    expect(last()).toMatchObject({ id: fields.id, at: fields.at, ms: fields.ms, file: fields.file });
  });

  it('tells of an error its kind, its code and its place, but no value of a row and no request', () => {
    const { log, lines, last } = written();
    const cause = Object.assign(new Error('Key (name)=(Nora Berg) already exists'), { code: '23505' });
    const error = Object.assign(new Error('invalid input syntax for type uuid: "Nora"', { cause }), {
      code: '22P02',
      config: { headers: { authorization: 'hush-hush' } },
      parameters: ['Nora', '+12125550123'],
    });
    log.error({ err: error }, 'request failed');
    expect(last()['err']).toMatchObject({
      type: 'Error',
      code: '22P02',
      message: 'invalid input syntax for type uuid: "[redacted]"',
      stack: expect.stringContaining('log.test'),
      cause: { code: '23505', message: 'Key (name)=([redacted]) already exists' },
    });
    expect(PRIVATE.filter((each) => lines.join('').includes(each))).toEqual([]);
  });

  it('takes an error alone, and one that was described before', () => {
    const { log, last } = written();
    log.error(new Error('bad value: "Nora"'));
    expect(JSON.stringify(last())).not.toContain('Nora');
    log.error({ err: { name: 'PostgresError', message: 'bad value: "Nora"', at: ['here'] } }, 'failed');
    expect(last()['err']).toEqual({ name: 'PostgresError', message: 'bad value: "[redacted]"', at: ['here'] });
  });

  it('shows bytes as their number: a payload is readable in whatever form it is written', () => {
    const { log, last } = written();
    log.info({ data: Buffer.from('Nora'), list: [new Uint8Array(3)] }, 'got a task');
    expect(last()).toMatchObject({ data: '[4 bytes]', list: ['[3 bytes]'] });
  });

  it('ends with what nests too deep', () => {
    const { log, last } = written();
    const ring: Record<string, unknown> = { name: 'ring' };
    ring['ring'] = ring;
    log.info({ ring }, 'round');
    expect(JSON.stringify(last())).toContain('[redacted]');
  });
});

describe("what Temporal's SDK says", () => {
  it('goes through the same log, its errors described and its numbers masked', () => {
    const { log, lines, last } = written();
    temporalLogger(log).warn('Activity failed', {
      workflowId: 'enrollment/1',
      attempt: 3,
      error: new Error('no route to +12125550123'),
    });
    expect(last()).toMatchObject({
      level: 'warn',
      msg: 'Activity failed',
      workflowId: 'enrollment/1',
      err: { message: 'no route to [phone]' },
    });
    expect(lines.join('')).not.toContain('12125550123');
  });

  it('is quiet about every start, and says all when asked to', () => {
    const quiet = written('info');
    temporalLogger(quiet.log).info('Creating worker');
    expect(quiet.lines).toEqual([]);
    const loud = written('trace');
    const sdk = temporalLogger(loud.log);
    sdk.trace('a');
    sdk.debug('b');
    sdk.info('c');
    sdk.error('d');
    sdk.log('WARN', 'e');
    expect(loud.lines.map((line) => JSON.parse(line).level)).toEqual(['trace', 'debug', 'debug', 'error', 'warn']);
  });
});
