import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { createLawRuler } from './lawruler';
import { CrmError } from './provider';

const KEY = 'api-key-that-nobody-may-see';
const LEAD = { externalId: '4711' };
const MARKER = '0f8fad5b-d9cb-569f-a165-70867728950e';
const SHORT_MS = 200;

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly form: Record<string, string>;
}
type Handler = (form: Record<string, string>, response: ServerResponse, request: IncomingMessage) => void;

const servers: Server[] = [];
let seen: Seen[] = [];

beforeEach(() => {
  seen = [];
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  const close = server.close.bind(server);
  server.close = (done) => {
    for (const socket of sockets) socket.destroy();
    return close(done);
  };
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  return (server.address() as AddressInfo).port;
}

async function endpoint(handler: Handler): Promise<string> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const form = Object.fromEntries(new URLSearchParams(body));
    seen.push({ method: request.method ?? '', url: request.url ?? '', form });
    handler(form, response, request);
  };
  const port = await listen(createServer((request, response) => void answer(request, response)));
  return `http://127.0.0.1:${port}/api-legalcrmapp.aspx`;
}

function saying(body: string, status = 200, headers: Record<string, string> = {}): Handler {
  return (_form, response) => response.writeHead(status, headers).end(body);
}

function crm(url: string, { noteLookup = false, httpTimeoutMs = 10_000 } = {}) {
  return createLawRuler({ endpoint: url, key: KEY, noteLookup, httpTimeoutMs, reach: null });
}

async function errorOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => null,
    ({ code, final, retryAfterMs }: CrmError) => ({ code, final, retryAfterMs }),
  );
}

describe('setting a status', () => {
  it('posts a form with the key in the body and never in the URL', async () => {
    const url = await endpoint(saying('{"success":true,"LeadID":"4711"}'));
    await crm(url).setStatus(LEAD, 'Signed Retainer Contract', MARKER);
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/api-legalcrmapp.aspx',
        form: {
          LeadID: '4711',
          Status: 'Signed Retainer Contract',
          overridelead: 'true',
          ReturnJSON: 'True',
          Key: KEY,
        },
      },
    ]);
  });

  it('asks nobody for a case without an id', async () => {
    const url = await endpoint(saying('{}'));
    expect(await errorOf(crm(url).setStatus({ externalId: '' }, 'New Lead', MARKER))).toEqual({
      code: 'unknown_case',
      final: true,
      retryAfterMs: null,
    });
    expect(seen).toEqual([]);
  });
});

describe('posting a note', () => {
  it('signs it with its marker', async () => {
    const url = await endpoint(saying('{"success":true}'));
    await crm(url).postNote(LEAD, 'Asha said "yes" & asked:\nwhen?\u0000\u001b', MARKER);
    expect(seen.map(({ form }) => form)).toEqual([
      {
        LeadID: '4711',
        Conversation: `Asha said "yes" & asked:\nwhen?\n[ft:${MARKER}]`,
        overridelead: 'true',
        ReturnJSON: 'True',
        Key: KEY,
      },
    ]);
  });

  it('looks first, and writes it when it is not there', async () => {
    const url = await endpoint(saying('{"success":true,"Conversations":[{"Text":"another [ft:1]"}]}'));
    await crm(url, { noteLookup: true }).postNote(LEAD, 'Hello', MARKER);
    expect(seen.map(({ form }) => form['Operation'] ?? form['Conversation'])).toEqual([
      'GetConversations',
      `Hello\n[ft:${MARKER}]`,
    ]);
  });

  it('does not write it again when it was written before an answer got lost', async () => {
    const notes: string[] = [];
    const url = await endpoint((form, response, request) => {
      if (form['Operation'] === 'GetConversations')
        return response.end(JSON.stringify({ success: true, Conversations: notes }));
      notes.push(form['Conversation'] ?? '');
      return request.socket.destroy();
    });
    const provider = crm(url, { noteLookup: true });
    expect(await errorOf(provider.postNote(LEAD, 'Hello', MARKER))).toEqual({
      code: 'failed',
      final: false,
      retryAfterMs: null,
    });
    await provider.postNote(LEAD, 'Hello', MARKER);
    expect(notes).toHaveLength(1);
  });

  it('finds the marker in XML too', async () => {
    const url = await endpoint(saying(`<Response><Text>Hello [ft:${MARKER}]</Text></Response>`));
    await crm(url, { noteLookup: true }).postNote(LEAD, 'Hello', MARKER);
    expect(seen).toHaveLength(1);
  });

  it('does not write it when the look-up fails', async () => {
    const url = await endpoint(saying('', 500));
    expect(await errorOf(crm(url, { noteLookup: true }).postNote(LEAD, 'Hello', MARKER))).toMatchObject({
      code: 'failed',
      final: false,
    });
    expect(seen).toHaveLength(1);
  });

  it.each<[string, Handler]>([
    ['500', saying('', 500)],
    ['a lost answer', (_form, _response, request) => request.socket.destroy()],
    ['an answer in no known form', saying('Thank you')],
  ])('without the look-up fails for good after %s, because nobody knows', async (_what, handler) => {
    const url = await endpoint(handler);
    expect(await errorOf(crm(url).postNote(LEAD, 'Hello', MARKER))).toEqual({
      code: 'failed',
      final: true,
      retryAfterMs: null,
    });
    expect(seen).toHaveLength(1);
  });

  it('without the look-up is tried again when nothing was done', async () => {
    const url = await endpoint(saying('', 429, { 'retry-after': '7' }));
    expect(await errorOf(crm(url).postNote(LEAD, 'Hello', MARKER))).toEqual({
      code: 'rate_limited',
      final: false,
      retryAfterMs: 7000,
    });
  });
});

describe('an answer', () => {
  it.each([
    '{"success":true,"LeadID":4711}',
    '{"LeadID":4711,"Status":"Failed"}',
    '{"success":"True","error":"","errors":[]}',
    '{"success":true,"error":null,"errors":{}}',
    '[]',
    '[{"LeadID":4711}]',
    '<?xml version="1.0"?><Response><Success>True</Success><LeadID>4711</LeadID></Response>',
    '<Lead><Status>Signed</Status></Lead>',
  ])('%s is a yes', async (body) => {
    const url = await endpoint(saying(body));
    expect(await errorOf(crm(url).setStatus(LEAD, 'Failed', MARKER))).toBeNull();
  });

  it.each<[string, Partial<CrmError>]>([
    ['{"success":false,"error":"not_found"}', { code: 'unknown_case', final: true }],
    ['{"success":false,"error":"invalid_api_key"}', { code: 'credentials', final: false }],
    ['{"success":"False","code":"Forbidden"}', { code: 'credentials', final: false }],
    ['{"ok":false,"reason":"validation_error"}', { code: 'refused', final: true }],
    ['{"error":{"message":"no such status"}}', { code: 'refused', final: true }],
    ['{"errors":["no such status"]}', { code: 'refused', final: true }],
    ['{"status":"error"}', { code: 'refused', final: true }],
    ['[{"success":true},{"success":false}]', { code: 'refused', final: true }],
    ['{"success":false,"error":"rate_limited"}', { code: 'rate_limited', final: false }],
    ['{"success":false,"error":"internal_error"}', { code: 'failed', final: false }],
    ['<Response><success>false</success><error>not_found</error></Response>', { code: 'unknown_case', final: true }],
    ['<errors><error code="1">no such lead</error></errors>', { code: 'refused', final: true }],
    ['', { code: 'failed', final: false }],
    ['{}', { code: 'failed', final: false }],
    ['"ok"', { code: 'failed', final: false }],
    ['{"success":', { code: 'failed', final: false }],
    ['<!DOCTYPE html><html><title>Log in</title></html>', { code: 'failed', final: false }],
    ['<Response/>', { code: 'failed', final: false }],
  ])('200 with %s is a failure', async (body, error) => {
    const url = await endpoint(saying(body));
    expect(await errorOf(crm(url).setStatus(LEAD, 'Signed', MARKER))).toEqual({ retryAfterMs: null, ...error });
  });

  it.each<[number, Partial<CrmError>]>([
    [302, { code: 'refused', final: true }],
    [400, { code: 'refused', final: true }],
    [401, { code: 'credentials', final: false }],
    [403, { code: 'credentials', final: false }],
    [404, { code: 'refused', final: true }],
    [408, { code: 'failed', final: false }],
    [500, { code: 'failed', final: false }],
    [504, { code: 'failed', final: false }],
  ])('with status %d is a failure and is not followed', async (status, error) => {
    const url = await endpoint(saying('{"success":true}', status, { location: '/login' }));
    expect(await errorOf(crm(url).setStatus(LEAD, 'Signed', MARKER))).toEqual({ retryAfterMs: null, ...error });
    expect(seen).toHaveLength(1);
  });

  it('that has no end is left', async () => {
    const url = await endpoint((_form, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.writeHead(200).on('drain', more);
      more();
    });
    expect(await errorOf(crm(url).setStatus(LEAD, 'Signed', MARKER))).toMatchObject({ code: 'failed' });
  });
});

describe('no answer', () => {
  it('because nobody listens is no reason to give up', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => servers.splice(servers.indexOf(server), 1)[0]?.close(resolve));
    const unreachable = { code: 'unreachable', final: false, retryAfterMs: null };
    expect(await errorOf(crm(`http://127.0.0.1:${port}/`).setStatus(LEAD, 'Signed', MARKER))).toEqual(unreachable);
    expect(await errorOf(crm(`http://127.0.0.1:${port}/`).postNote(LEAD, 'Hello', MARKER))).toEqual(unreachable);
  });

  it('until TLS is agreed on proves that nothing was done', async () => {
    const port = await listen(createTcpServer(() => undefined));
    const provider = crm(`https://127.0.0.1:${port}/`, { httpTimeoutMs: SHORT_MS });
    expect(await errorOf(provider.postNote(LEAD, 'Hello', MARKER))).toMatchObject({
      code: 'unreachable',
      final: false,
    });
  });

  it('until the deadline is a failure', async () => {
    const url = await endpoint(() => undefined);
    const provider = crm(url, { httpTimeoutMs: SHORT_MS });
    expect(await errorOf(provider.setStatus(LEAD, 'Signed', MARKER))).toMatchObject({ code: 'failed', final: false });
  });

  it('to the end is a failure', async () => {
    const url = await endpoint((_form, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"success":true}', () => response.destroy());
    });
    expect(await errorOf(crm(url).setStatus(LEAD, 'Signed', MARKER))).toMatchObject({ code: 'failed', final: false });
  });
});

it('T13: no error shows the key, the case or the note', async () => {
  const handlers: Handler[] = [
    saying(`{"success":false,"error":"key ${KEY} is wrong for lead 4711"}`),
    saying(`<error>${KEY}</error>`),
    saying(KEY, 500),
    (_form, _response, request) => request.socket.destroy(),
  ];
  for (const handler of handlers) {
    const provider = crm(await endpoint(handler));
    const error: unknown = await provider.postNote(LEAD, 'Asha in Kolkata', MARKER).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CrmError);
    const shown = inspect(error, { depth: 10, showHidden: true });
    for (const secret of [KEY, '4711', 'Asha']) expect(shown).not.toContain(secret);
  }
});

describe('a check', () => {
  it('asks for a lead that nobody has, and is content when it is told so', async () => {
    const url = await endpoint(saying('{"success":false,"error":"not_found"}'));
    await expect(crm(url).check()).resolves.toBeUndefined();
    expect(seen.map(({ form }) => form)).toEqual([
      { Operation: 'GetStatus', LeadID: '0', ReturnJSON: 'True', Key: KEY },
    ]);
  });

  it('says when the key is refused, and when nobody answers', async () => {
    const url = await endpoint(saying('{"success":false,"error":"invalid_api_key"}'));
    expect(await errorOf(crm(url).check())).toMatchObject({ code: 'credentials' });
    expect(await errorOf(crm('http://127.0.0.1:1/').check())).toMatchObject({ code: 'unreachable' });
  });

  it.each(['http://169.254.169.254/', 'https://localhost:1/'])(
    'asks nothing at %s, which somebody typed in',
    async (url) => {
      const typed = createLawRuler({ endpoint: url, key: KEY, noteLookup: false, reach: 'outside' });
      expect(await errorOf(typed.check())).toMatchObject({ code: 'configuration', final: false });
    },
  );
});

describe('what a lead has beside its status', () => {
  it('gets a substatus into the field of substatuses (S0-50)', async () => {
    const url = await endpoint(saying('{"success":true,"LeadID":"4711"}'));
    await crm(url).setStatus(LEAD, 'Left a voicemail', MARKER, { field: 'substatus', group: null });
    expect(seen[0]?.form).toMatchObject({ SubStatus: 'Left a voicemail', overridelead: 'true' });
    expect(seen[0]?.form).not.toHaveProperty('Status');
  });

  it('gets fields by their API names, and none that would change what is asked', async () => {
    const url = await endpoint(saying('{"success":true,"LeadID":"4711"}'));
    await crm(url).setFields?.(LEAD, { custom894: '2027-02-01' }, MARKER);
    expect(seen[0]?.form).toMatchObject({ custom894: '2027-02-01', LeadID: '4711', overridelead: 'true' });
    const refused = crm(url).setFields?.(LEAD, { leadId: '1' }, MARKER) ?? Promise.resolve();
    expect(await errorOf(refused)).toMatchObject({ code: 'refused', final: true });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['{"LeadID":"4711","Status":"Retained","SubStatus":"Signed"}', 'Retained', [{ group: null, value: 'Signed' }]],
    ['<R><LeadID>4711</LeadID><Status>Retained</Status><SubStatus></SubStatus></R>', 'Retained', []],
    ['{"LeadID":"4711"}', null, []],
  ])('tells its statuses in %s', async (answer, status, substatuses) => {
    const url = await endpoint(saying(answer));
    expect(await crm(url).readStatus?.(LEAD)).toEqual({ status, substatuses });
    expect(seen[0]?.form).toMatchObject({ Operation: 'GetStatus' });
  });

  it('tells none where there is no such lead', async () => {
    const url = await endpoint(saying('{"success":false,"error":"not_found"}'));
    expect(await crm(url).readStatus?.(LEAD)).toBeNull();
    const down = await endpoint(saying('', 500));
    await expect(crm(down).readStatus?.(LEAD)).rejects.toMatchObject({ code: 'failed' });
  });
});
