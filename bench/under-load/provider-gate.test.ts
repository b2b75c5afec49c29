import { once } from 'node:events';
import { createServer } from 'node:http';
import { bucket, createProviderGate } from './provider-gate';

describe('a rate', () => {
  it('lets a second of it pass at once, then one at a time', () => {
    const isAllowed = bucket(4);
    expect([0, 0, 0, 0, 0].map(isAllowed)).toEqual([true, true, true, true, false]);
    expect(isAllowed(249)).toBe(false);
    expect(isAllowed(251)).toBe(true);
    expect(isAllowed(252)).toBe(false);
  });

  it('saves no more than a second', () => {
    const isAllowed = bucket(2);
    isAllowed(0);
    expect([60_000, 60_000, 60_000].map(isAllowed)).toEqual([true, true, false]);
  });
});

describe('the gate before a provider', () => {
  it('refuses calls beyond the rate, and nothing else', async () => {
    const provider = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(201).end(request.url));
    });
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const address = provider.address();
    const gate = await createProviderGate(1);
    gate.forwardTo(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    const ask = async (path: string, method = 'POST') => (await fetch(`${gate.url}${path}`, { method })).status;

    expect(await ask('/Accounts/1/Calls.json')).toBe(201);
    expect(await ask('/Accounts/1/Calls.json')).toBe(429);
    expect(await ask('/Accounts/1/Calls.json', 'GET')).toBe(201);
    expect(await ask('/Accounts/1/Messages.json')).toBe(201);
    expect(gate.counts()).toEqual({ taken: 1, refused: 1 });

    await gate.stop();
    provider.close();
    provider.closeAllConnections();
  });
});
