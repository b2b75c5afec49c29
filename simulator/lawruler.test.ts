import { type Rig, startRig } from './rig';
import { SIMULATED_LAWRULER_KEY } from './settings';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig.stop();
});

async function post(fields: Record<string, string>, key = SIMULATED_LAWRULER_KEY) {
  const answer = await fetch(`${rig.simulator.httpUrl}/lawruler/demo/api-legalcrmapp.aspx`, {
    method: 'POST',
    body: new URLSearchParams({ Key: key, LeadID: '1001', ReturnJSON: 'True', ...fields }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    retryAfter: answer.headers.get('retry-after'),
    type: answer.headers.get('content-type'),
  };
}

const update = (fields: Record<string, string>) => post({ overridelead: 'true', ...fields });

async function leads(): Promise<unknown> {
  return (await rig.control('GET', '/crm')).body;
}

describe('LawRuler', () => {
  it('writes a status and shows it', async () => {
    expect(JSON.parse((await update({ Status: 'Retained' })).text)).toEqual({ success: true, LeadID: '1001' });
    expect(JSON.parse((await post({ Operation: 'GetStatus' })).text)).toMatchObject({ Status: 'Retained' });
    expect(rig.ledger.entries({ channel: 'crm' })).toMatchObject([
      { kind: 'crm_status', to: '1001', status: 'Retained', accepted: true },
      { kind: 'crm_lookup', status: 'GetStatus' },
    ]);
  });

  it('writes a note each time that it is sent, so a retry doubles it', async () => {
    await update({ Conversation: 'no answer, several tries' });
    await update({ Conversation: 'no answer, several tries' });
    expect(await leads()).toMatchObject({
      '1001': { notes: [{ text: 'no answer, several tries' }, { text: 'no answer, several tries' }] },
    });
  });

  it('shows the notes of a lead, to look for a marker', async () => {
    await update({ LeadID: 'L-7', Conversation: 'signed today [marker-1]', Status: 'Retained' });
    const found = JSON.parse((await post({ LeadID: 'L-7', Operation: 'GetConversations' })).text);
    expect(found).toMatchObject({ success: true, Conversations: [{ Text: 'signed today [marker-1]' }] });
    expect(await leads()).toMatchObject({ 'L-7': { status: 'Retained' } });
  });

  it('keeps substatuses and a firm’s own fields, and shows both', async () => {
    await update({ SubStatus: 'Left a voicemail' });
    await update({ custom894: '2027-02-01' });
    expect(JSON.parse((await post({ Operation: 'GetStatus' })).text)).toMatchObject({ SubStatus: 'Left a voicemail' });
    expect(await leads()).toMatchObject({ '1001': { fields: { custom894: '2027-02-01' } } });
    expect(rig.ledger.entries({ channel: 'crm' }).slice(0, 2)).toMatchObject([
      { kind: 'crm_status', status: 'Left a voicemail', detail: { field: 'substatus' } },
      { kind: 'crm_field', detail: { field: 'custom894', value: '2027-02-01' } },
    ]);
  });

  it('speaks XML to those who do not ask for JSON', async () => {
    const { text, type } = await update({ Status: 'A & B', ReturnJSON: 'False' });
    expect(type).toContain('text/xml');
    expect(text).toBe('<Response><success>true</success><LeadID>"1001"</LeadID></Response>');
  });

  it.each([
    ['a wrong key', () => post({ overridelead: 'true', Status: 'x' }, 'wrong'), 'invalid_api_key'],
    ['an unknown lead', () => update({ LeadID: 'X1', Status: 'x' }), 'not_found'],
    ['a lead that was taken away', () => update({ LeadID: '404', Status: 'x' }), 'not_found'],
    ['nothing to change', () => update({}), 'validation_error'],
    ['an update that would make a new lead', () => post({ Status: 'x' }), 'duplicate_record'],
    ['an operation that it does not know', () => post({ Operation: 'DeleteAll' }), 'invalid_request'],
  ])('answers 200 with an error inside for %s', async (_what, ask, error) => {
    await rig.control('POST', '/crm/unknown-leads', ['404']);
    const { status, text } = await ask();
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ success: false, error });
    expect(await leads()).not.toMatchObject({ '1001': { status: 'x' } });
  });
});

describe('a fault', () => {
  it('500 lasts as many minutes of business time as it should, and nothing is written', async () => {
    await rig.control('PUT', '/faults', [{ channel: 'crm', mode: '500', options: { businessMinutes: 10 } }]);
    expect(await update({ Status: 'Unreachable' })).toMatchObject({ status: 500 });
    expect(await post({ Operation: 'GetStatus' })).toMatchObject({ status: 500 });
    rig.clock.now += 10 * 60_000;
    expect(await update({ Status: 'Unreachable' })).toMatchObject({ status: 200 });
    expect(rig.ledger.entries({ kind: 'crm_status' }).map(({ accepted }) => accepted)).toEqual([false, true]);
  });

  it('504 comes after the note was written', async () => {
    await rig.control('PUT', '/faults', [
      { channel: 'crm', mode: '504_executed', match: { operation: 'note' }, times: 1 },
    ]);
    expect(await update({ Conversation: 'once' })).toMatchObject({ status: 504 });
    expect(await leads()).toMatchObject({ '1001': { notes: [{ text: 'once' }] } });
    expect(rig.ledger.entries({ kind: 'crm_note' })).toMatchObject([
      { accepted: true, detail: { text: 'once', fault: '504_executed' } },
    ]);
  });

  it('429 says how long to wait', async () => {
    await rig.control('PUT', '/faults', [
      { channel: 'crm', mode: '429', match: { to: '1001' }, options: { retryAfterSeconds: 7 } },
    ]);
    expect(await update({ Status: 'x' })).toMatchObject({ status: 429, retryAfter: '7' });
    expect(await update({ LeadID: '1002', Status: 'x' })).toMatchObject({ status: 200 });
    expect(await leads()).toEqual({ '1002': { status: 'x', notes: [] } });
  });

  it('an error hides in a 200', async () => {
    await rig.control('PUT', '/faults', [{ channel: 'crm', mode: 'error_in_200' }]);
    const { status, text } = await update({ Status: 'x' });
    expect([status, JSON.parse(text)]).toEqual([200, { success: false, error: 'internal_error' }]);
    expect(await leads()).toEqual({});
  });
});
