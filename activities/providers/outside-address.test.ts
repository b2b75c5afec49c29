import type { LookupAddress } from 'node:dns';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { guardedLookup, isPermitted, isReachable } from './outside-address';

describe('what may be reached (T14)', () => {
  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.0.1',
    '192.0.0.8',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fe80::1%lo',
    'fd00:ec2::254',
    'fc00::1',
    'ff02::1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    '100::1',
    'localhost',
    '',
  ])('is never %s', (address) => {
    expect(isPermitted(address, 'outside')).toBe(false);
  });

  it.each(['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1'])('is %s', (address) => {
    expect(isPermitted(address, 'outside')).toBe(true);
  });

  it('in a simulation is this machine and nothing else', () => {
    expect(
      ['127.0.0.1', '::1', '::ffff:127.0.0.1', '8.8.8.8', '10.0.0.1', '2606:4700::1111'].filter((address) =>
        isPermitted(address, 'simulated'),
      ),
    ).toEqual(expect.arrayContaining(['127.0.0.1', '::1']));
    expect(isPermitted('8.8.8.8', 'simulated')).toBe(false);
    expect(isPermitted('10.0.0.1', 'simulated')).toBe(false);
  });

  it.each([
    'http://crm.example.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest',
    'https://user@crm.example.com/',
    'ftp://crm.example.com/',
  ])('by its URL is never %s', (url) => {
    expect(isReachable(new URL(url), 'outside')).toBe(false);
  });

  it('by its URL is a public name, by plain http only in a simulation', () => {
    expect(isReachable(new URL('https://crm.example.com/'), 'outside')).toBe(true);
    expect(isReachable(new URL('http://127.0.0.1:1/'), 'simulated')).toBe(true);
    expect(isReachable(new URL('https://93.184.216.34/'), 'simulated')).toBe(false);
  });
});

describe('a guarded look-up (T14)', () => {
  /** A name server that says what the test wants. */
  function ask(answers: readonly LookupAddress[] | Error, all = false): Promise<unknown> {
    // Only the form with `all` is ever asked for.
    const resolve = ((
      _name: string,
      _options: object,
      done: (error: Error | null, list: readonly LookupAddress[]) => void,
    ) => (answers instanceof Error ? done(answers, []) : done(null, answers))) as never;
    return new Promise((settle) => {
      guardedLookup('outside', { host: 'crm.example.com' }, resolve)('crm.example.com', { all }, (error, ...result) =>
        settle(error === null ? result : (error.code ?? error.message)),
      );
    });
  }
  const PUBLIC = { address: '93.184.216.34', family: 4 };
  const PRIVATE = { address: '10.0.0.1', family: 4 };

  it('answers the addresses of a public name', async () => {
    expect(await ask([PUBLIC])).toEqual(['93.184.216.34', 4]);
    expect(await ask([PUBLIC], true)).toEqual([[PUBLIC]]);
  });

  it('refuses a name that has one barred address among others, and one that has none', async () => {
    expect(await ask([PUBLIC, PRIVATE])).toBe('EBARRED');
    expect(await ask([])).toBe('EBARRED');
    expect(await ask([{ address: '::1', family: 6 }], true)).toBe('EBARRED');
  });

  it('passes on what the name server has to say', async () => {
    expect(await ask(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }))).toBe('ENOTFOUND');
  });

  it('is asked once, and the connection goes to what it said: nobody can change the name’s mind in between', async () => {
    const server = createServer((_, response) => response.end('here'));
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    const { port } = server.address() as AddressInfo;
    const answers = ['127.0.0.1', '10.0.0.1'];
    const resolve = ((_name: string, _options: object, done: (error: null, list: readonly LookupAddress[]) => void) =>
      done(null, [{ address: answers.shift() ?? '', family: 4 }])) as never;
    const url = new URL(`http://crm.example.com:${port}/`);
    const text = await new Promise<string>((told, failed) => {
      get(url, { agent: false, lookup: guardedLookup('simulated', url, resolve) }, (response) => {
        response.setEncoding('utf8').on('data', told);
      }).on('error', failed);
    });
    expect([text, answers]).toEqual(['here', ['10.0.0.1']]);
    await new Promise((closed) => server.close(closed));
  });
});

describe('hosts within the own network that were named (T14)', () => {
  const reach = { hosts: new Set(['crm.lan', 'crm.lan:8443', '10.0.0.7']) };
  const mayReach = (url: string) => isReachable(new URL(url), reach);

  it('are reached beside the public ones, at the port that was named, by https alone', () => {
    expect(
      ['https://crm.lan/', 'https://CRM.lan:8443/api', 'https://10.0.0.7/', 'https://crm.example.com/'].map(mayReach),
    ).toEqual([true, true, true, true]);
    expect(
      ['http://crm.lan/', 'https://10.0.0.8/', 'https://10.0.0.7:8443/', 'https://127.0.0.1/'].map(mayReach),
    ).toEqual([false, false, false, false]);
  });

  async function connects(host: string, address: string): Promise<boolean> {
    const resolve = ((_name: string, _options: object, done: (error: null, list: readonly LookupAddress[]) => void) =>
      done(null, [{ address, family: address.includes(':') ? 6 : 4 }])) as never;
    return new Promise((settle) => {
      guardedLookup(reach, { host }, resolve)(host, {}, (error) => settle(error === null));
    });
  }

  it('may have private addresses, and nobody else may', async () => {
    expect(await connects('crm.lan', '192.168.1.4')).toBe(true);
    expect(await connects('crm.lan:9000', '192.168.1.4')).toBe(false);
    expect(await connects('evil.example.org', '192.168.1.4')).toBe(false);
  });

  it.each(['169.254.169.254', 'fd00:ec2::254', 'fe80::1', '0.0.0.0', '255.255.255.255', '::'])(
    'are never where a cloud hands out credentials, or no host at all: %s',
    async (address) => {
      expect(await connects('crm.lan', address)).toBe(false);
    },
  );
});
