import { SIMULATED_ENRICHER_TOKEN } from './enricher';
import { type Rig, startRig } from './rig';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const FOUND = [
  { kind: 'phone', value: '(212) 555-0124' },
  { kind: 'email', value: 'nora@example.com' },
];

async function ask(key = 'one', token = SIMULATED_ENRICHER_TOKEN, kinds = ['phone']) {
  const answer = await fetch(`${rig.simulator.httpUrl}/enricher/data/append`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ operationId: key, kinds, person: { phones: ['+12125550123'], emails: [] } }),
  });
  return { status: answer.status, body: await answer.json() };
}
const control = (body: object) => rig.control('PUT', '/enricher/data', body);

describe('the stand-in of a service that knows more of people', () => {
  it('finds what it was told, of the kinds that are asked for, and counts what is paid for', async () => {
    await control({ people: { '+12125550123': FOUND }, credit: 1 });
    expect(await ask()).toEqual({ status: 200, body: { found: FOUND.slice(0, 1), costMicros: 120_000 } });
    expect(await ask('two')).toEqual({ status: 402, body: { error: 'insufficient_credit' } });
    expect((await rig.control('GET', '/enricher/data')).body).toEqual({ asked: 2, charged: 1, credit: 0 });
    expect(rig.ledger.entries({ channel: 'enrichment' })).toMatchObject([{ accepted: true }, { accepted: false }]);
  });

  it('knows nobody else, and lets nobody in without the token', async () => {
    expect((await ask()).status).toBe(404);
    expect((await ask('one', 'another')).status).toBe(401);
    expect((await rig.control('GET', '/enricher/data')).body).toMatchObject({ charged: 0 });
  });

  it('is paid twice for one key, unless it honours it', async () => {
    await control({ people: { '+12125550123': FOUND } });
    await ask();
    await ask();
    expect((await rig.control('GET', '/enricher/data')).body).toMatchObject({ charged: 2 });
    await control({ honoursIdempotencyKey: true });
    expect((await ask()).body).toMatchObject({ costMicros: 120_000 });
    expect((await rig.control('GET', '/enricher/data')).body).toMatchObject({ charged: 2 });
  });
});
