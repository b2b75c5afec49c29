import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTwilio } from './twilio';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const LIST = `/2010-04-01/Accounts/${ACCOUNT}`;
const NOON = Date.parse('2026-06-02T12:00:00Z');

let server: Server;
let asked: string[];
let pages: Record<string, object>;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    asked.push(`${pathname.replace(LIST, '')} ${searchParams.get('PageToken') ?? 'first'}`);
    const page = pages[searchParams.get('PageToken') ?? 'first'];
    response
      .writeHead(page === undefined ? 500 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(page));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

function books() {
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  const { port } = server.address() as AddressInfo;
  return createTwilio({ accountSid: ACCOUNT, authToken: 'token', baseUrl: `http://127.0.0.1:${port}` });
}

const resource = (sid: string, minute: number, more: object = {}) => ({
  sid,
  status: 'completed',
  direction: 'outbound-api',
  from: '+12125550100',
  to: '+12125550123',
  date_created: new Date(NOON + minute * 60_000).toUTCString().replace('GMT', '+0000'),
  ...more,
});
const next = (what: string, token: string) => ({
  next_page_uri: `${LIST}/${what}.json?PageSize=1000&PageToken=${token}`,
});

describe('the books of the provider', () => {
  it('are read page by page as far back as is asked for, oldest first', async () => {
    pages = {
      first: { calls: [resource('CA4', 40), resource('CA3', 30)], ...next('Calls', 'PA3') },
      PA3: { calls: [resource('CA2', 20), resource('CA1', 10)], ...next('Calls', 'PA1') },
    };
    const found = await books().listCalls(NOON + 20 * 60_000);
    expect(found.map(({ sid }) => sid)).toEqual(['CA2', 'CA3', 'CA4']);
    expect(asked).toEqual(['/Calls.json first', '/Calls.json PA3']);
  });

  it('tell what was asked for, what people sent, and what followed by itself', async () => {
    pages = {
      first: {
        messages: [
          resource('SM3', 3, { direction: 'outbound-reply', body: 'You are unsubscribed.' }),
          resource('SM2', 2, { direction: 'inbound', body: 'STOP' }),
          resource('SM1', 1, { body: 'Hello', error_code: 30003 }),
        ],
        next_page_uri: null,
      },
    };
    expect(await books().listTexts(NOON)).toMatchObject([
      { sid: 'SM1', direction: 'out', text: 'Hello', errorCode: '30003', createdMs: NOON + 60_000 },
      { sid: 'SM2', direction: 'in', text: 'STOP', from: '+12125550100' },
      { sid: 'SM3', direction: 'other' },
    ]);
  });

  it('that can not be read to the end are not taken for read', async () => {
    pages = { first: { calls: [resource('CA1', 10)], ...next('Calls', 'lost') } };
    await expect(books().listCalls(NOON)).rejects.toMatchObject({ name: 'ProviderError' });
  });
});
