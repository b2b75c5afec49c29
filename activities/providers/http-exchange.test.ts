import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { type Ask, exchange } from './http-exchange';

let server: Server | undefined;
let requests = 0;

afterEach(async () => {
  requests = 0;
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  server = undefined;
});

async function serve(handler: RequestListener): Promise<URL> {
  const listening = createServer((request, response) => {
    requests += 1;
    handler(request, response);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  return new URL(`http://127.0.0.1:${(listening.address() as AddressInfo).port}/form?kept=1`);
}

function posting(url: URL): Ask {
  return { method: 'POST', url, headers: { 'content-type': 'text/plain' }, body: '' };
}

it('sends what it is given and answers with what came back', async () => {
  let seen: unknown;
  const url = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { method, headers } = request;
      seen = {
        method,
        url: request.url,
        type: headers['content-type'],
        body,
      };
      response.writeHead(202, { 'retry-after': '3' }).end('schön 😀');
    });
  });
  expect(await exchange({ ...posting(url), body: 'Grüße, 😀\nAsha' }, null, 5000)).toEqual({
    kind: 'answered',
    status: 202,
    retryAfterMs: 3000,
    body: 'schön 😀',
  });
  expect(seen).toEqual({
    method: 'POST',
    url: '/form?kept=1',
    type: 'text/plain',
    body: 'Grüße, 😀\nAsha',
  });
});

it('does not follow a redirect, which would become a GET without the body', async () => {
  const url = await serve((_request, response) => response.writeHead(302, { location: '/login' }).end());
  expect(await exchange(posting(url), null, 5000)).toMatchObject({ kind: 'answered', status: 302 });
  expect(requests).toBe(1);
});

it('tells whether anything left before it broke', async () => {
  const url = await serve((request) => request.socket.destroy());
  expect(await exchange(posting(url), null, 5000)).toEqual({ kind: 'broken', bytesLeft: true });
  const nobody = posting(new URL('http://127.0.0.1:1/'));
  expect(await exchange(nobody, null, 5000)).toEqual({ kind: 'broken', bytesLeft: false });
  expect(requests).toBe(1);
});

it('leaves an answer that does not end', async () => {
  const url = await serve((_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  const answer = await exchange(posting(url), null, 5000);
  expect(answer).toMatchObject({ kind: 'answered', status: 200, body: null });
});
