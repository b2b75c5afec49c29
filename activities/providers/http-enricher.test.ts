import { SIMULATED_ENRICHER_TOKEN } from '../../simulator/enricher';
import { type Rig, startRig } from '../../simulator/rig';
import type { Reach } from './outside-address';
import { createHttpEnricher } from './http-enricher';

/** The client against the stand-in, which fails as real services do. */

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  await rig.control('PUT', '/enricher/data', { people: { [PERSON.phones[0] ?? '']: FOUND } });
});
afterEach(() => rig.stop());

const PERSON = {
  firstName: 'Nora',
  lastName: 'Lin',
  state: null,
  country: null,
  postalCode: null,
  phones: ['+12125550123'],
  emails: [],
};
const FOUND = [{ kind: 'phone', value: '(212) 555-0124', source: 'directory' }];

function ask(
  more: { url?: string; token?: string; reach?: Reach; timeoutSeconds?: number; operationId?: string } = {},
) {
  const { operationId = 'once', ...options } = more;
  const enricher = createHttpEnricher({
    url: `${rig.simulator.httpUrl}/enricher/data/append`,
    header: 'Authorization',
    prefix: 'Bearer ',
    token: SIMULATED_ENRICHER_TOKEN,
    timeoutSeconds: 5,
    reach: 'simulated',
    ...options,
  });
  return enricher.lookUp({ operationId, kinds: ['phone'], person: PERSON });
}
const fault = (mode: string, options = {}) =>
  rig.control('POST', '/faults', { channel: 'enrichment', mode, times: 1, options });
const shown = async () => (await rig.control('GET', '/enricher/data')).body;

describe('a question to the enrichment service (K-25)', () => {
  it('is answered with what is found and what it cost', async () => {
    expect(await ask()).toEqual({ kind: 'answered', answer: { found: FOUND, costMicros: 120_000 } });
    expect(await shown()).toMatchObject({ asked: 1, charged: 1 });
  });

  it('is answered with nothing where nothing is known, and nobody pays', async () => {
    await rig.control('PUT', '/enricher/data', { people: { '+12125550123': [] } });
    expect(await ask()).toEqual({ kind: 'answered', answer: { found: [] } });
    expect(await shown()).toMatchObject({ charged: 0 });
  });

  it.each([
    ['401', { kind: 'later', code: 'credentials', retryAfterMs: null }],
    ['429', { kind: 'later', code: 'rate_limited', retryAfterMs: 1000 }],
    ['500', { kind: 'lost', code: 'failed' }],
    ['504_executed', { kind: 'lost', code: 'failed' }],
    ['error_in_200', { kind: 'final', code: 'not_understood' }],
    ['reset', { kind: 'lost', code: 'answer_lost' }],
  ])('under the fault %s is judged by what may have been done', async (mode, reply) => {
    await fault(mode);
    expect(await ask()).toMatchObject(reply);
  });

  it('that is not answered in time may have been answered', async () => {
    await fault('timeout_executed');
    expect(await ask({ timeoutSeconds: 1 })).toEqual({ kind: 'lost', code: 'answer_lost' });
    expect(await shown()).toMatchObject({ charged: 1 });
  });

  it('waits for credit, and for a token that is taken', async () => {
    await rig.control('PUT', '/enricher/data', { credit: 0 });
    expect(await ask()).toMatchObject({ kind: 'later', code: 'out_of_credit', isServiceWide: true });
    expect(await ask({ token: 'old' })).toMatchObject({ kind: 'later', code: 'credentials', isServiceWide: true });
  });

  it('is paid for once under one key, where the service honours it', async () => {
    await rig.control('PUT', '/enricher/data', { honoursIdempotencyKey: true });
    await fault('504_executed');
    await ask();
    expect(await ask()).toMatchObject({ kind: 'answered', answer: { found: FOUND } });
    expect(await shown()).toMatchObject({ asked: 2, charged: 1 });
  });

  it('goes to no host inside, whatever the address says', async () => {
    const hosts: Reach = { hosts: new Set() };
    const barred = { kind: 'later', code: 'barred_address' };
    expect(await ask({ reach: hosts })).toMatchObject(barred);
    expect(await ask({ reach: hosts, url: 'https://169.254.169.254/latest' })).toMatchObject(barred);
    expect(await ask({ reach: hosts, url: 'https://localhost/append' })).toMatchObject(barred);
    expect(await shown()).toMatchObject({ asked: 0 });
  });
});
