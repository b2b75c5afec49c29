import { formToken } from '../../db/tokens';
import { startTestApi, type TestApi } from '../../test/api';
import { answerAndEnd, definitionOf, insertAttempt, launchForOne } from '../../test/api-people';

let api: TestApi;
let events = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const tell = (body: Record<string, unknown>, headers: Record<string, string> = {}) => {
  events += 1;
  return api.call('POST', '/v1/facts', { body: { eventId: `event-${events}`, ...body }, headers });
};
const factsOf = async (enrollmentId: string) =>
  (await api.sql<{ kind: string }[]>`select kind from fact where enrollment_id = ${enrollmentId} order by seq`).map(
    ({ kind }) => kind,
  );
const get = async (path: string) => (await api.call('GET', path)).body;
const countRows = async () =>
  (
    await api.sql<
      { n: number }[]
    >`select (select count(*) from inbox) + (select count(*) from fact) + (select count(*) from suppression) as n`
  )[0]?.n;
const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('the outcome of a call', () => {
  it('comes by the call’s sid or by the attempt, and fires the rules of the tag (S0-19, S0-64)', async () => {
    const { enrollmentId, phone } = await launchForOne(api);
    const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: 'CA-outcome' });
    await answerAndEnd(api, attemptId);
    const told = await tell({
      kind: 'call_outcome',
      callSid: 'CA-outcome',
      outcome: 'unsuccessful',
      summary: 'no time',
    });
    expect(told).toMatchObject({ status: 202, body: { duplicate: false } });
    const [fact] = await api.sql`select actor, attempt_id, body from fact where id = ${told.body.factId}`;
    expect(fact).toEqual({
      actor: 'key:Ada',
      attemptId,
      body: { kind: 'call_outcome', outcome: 'unsuccessful', by: 'agent', runRules: true, summary: 'no time' },
    });
    expect(await get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({ status: 'completed_all_calls' });
  });

  it('told twice changes nothing and is answered as the first time (T2)', async () => {
    const { enrollmentId, phone } = await launchForOne(api);
    await insertAttempt(api, { enrollmentId, phone, sid: 'CA-twice' });
    const body = { kind: 'call_outcome', eventId: 'the-same', callSid: 'CA-twice', outcome: 'converted' };
    const [first, second] = [await tell(body), await tell(body)];
    expect(second.body).toEqual({ factId: first.body.factId, duplicate: true });
    expect(await factsOf(enrollmentId)).toEqual(['call_outcome']);
  });

  it('told many times at once under one Idempotency-Key is one fact', async () => {
    const { enrollmentId, phone } = await launchForOne(api);
    await insertAttempt(api, { enrollmentId, phone, sid: 'CA-at-once' });
    const body = { kind: 'call_outcome', eventId: 'at-once', callSid: 'CA-at-once', outcome: 'converted' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => tell(body, { 'idempotency-key': 'at-once' })));
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
    expect((await tell(body, { 'idempotency-key': 'at-once' })).body.duplicate).toBe(false);
    expect(await factsOf(enrollmentId)).toEqual(['call_outcome']);
  });

  it('of a call that nobody knows yet is kept, of an attempt that does not exist refused', async () => {
    const kept = await tell({ kind: 'call_outcome', callSid: 'CA-unknown', outcome: 'converted' });
    expect(kept).toMatchObject({ status: 202, body: { factId: expect.any(String) } });
    const before = await countRows();
    expect((await tell({ kind: 'call_outcome', attemptId: uuid, outcome: 'converted' })).body).toMatchObject({
      status: 404,
      errors: [{ pointer: '#/attemptId', value: uuid }],
    });
    expect((await tell({ kind: 'handoff_requested', enrollmentId: uuid })).status).toBe(404);
    expect(await countRows()).toBe(before);
  });

  it.each([
    [{ kind: 'moon' }, '#/kind'],
    [{ kind: 'call_outcome', callSid: 'CA-x', outcome: 'Great!' }, '#/outcome'],
    [{ kind: 'call_outcome', outcome: 'converted' }, '#/callSid'],
    [{ kind: 'call_outcome', callSid: 'CA-x', outcome: 'converted', eventId: '' }, '#/eventId'],
    [{ kind: 'wrong_number', callSid: 'CA-x', mood: 'bad' }, '#/mood'],
    [{ kind: 'callback_requested', callSid: 'CA-x' }, '#/at'],
    [{ kind: 'callback_requested', callSid: 'CA-x', at: '2027-02-01T00:00:00Z' }, '#/at'],
    [{ kind: 'form_completed', answers: {} }, '#/formToken'],
  ])('is refused as %j, and nothing is kept', async (body, pointer) => {
    const before = await countRows();
    expect((await tell(body)).body).toMatchObject({ status: 422, code: 'invalid_body', errors: [{ pointer }] });
    expect(await countRows()).toBe(before);
  });

  it('is not refused for a character that can not be stored', async () => {
    const told = await tell({ kind: 'call_outcome', callSid: 'CA-odd', outcome: 'converted', summary: 'a\0b \ud83d' });
    const [fact] = await api.sql<{ body: { summary: string } }[]>`select body from fact where id = ${told.body.factId}`;
    expect(fact?.body.summary).toBe('a\u{FFFD}b \u{FFFD}');
  });

  it('is told by editors only', async () => {
    expect(
      (
        await api.call('POST', '/v1/facts', {
          key: api.keys.viewer,
          body: { kind: 'wrong_number', eventId: 'v', callSid: 'x' },
        })
      ).status,
    ).toBe(403);
  });
});

describe('a handoff', () => {
  it('holds the contact, once per call however many say so (S0-67)', async () => {
    const { enrollmentId, phone } = await launchForOne(api);
    await insertAttempt(api, { enrollmentId, phone, sid: 'CA-person' });
    const first = await tell({ kind: 'handoff_requested', callSid: 'CA-person', reason: 'asked for a person' });
    const second = await tell({ kind: 'handoff_requested', callSid: 'CA-person', reason: 'asked again' });
    expect(second.body).toEqual({ factId: first.body.factId, duplicate: true });
    expect(await factsOf(enrollmentId)).toEqual(['handoff_requested']);
    expect(await get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({ state: 'open', holdReason: 'handoff' });
  });
});

describe('a wish to be called back (K-13)', () => {
  it('in the person’s words is read in the person’s zone', async () => {
    const { enrollmentId, phone } = await launchForOne(api);
    await insertAttempt(api, { enrollmentId, phone, sid: 'CA-callback' });
    await tell({ kind: 'callback_requested', callSid: 'CA-callback', text: 'call me Tuesday at three' });
    const [promise] = await api.sql<
      { at: number }[]
    >`select ms(promised_at) as at from commitment where enrollment_id = ${enrollmentId}`;
    expect(new Date(promise?.at ?? 0).toISOString()).toBe('2027-03-02T20:00:00.000Z');
  });

  it('that names no time becomes a person’s business', async () => {
    const { enrollmentId } = await launchForOne(api);
    const told = await tell({ kind: 'callback_requested', enrollmentId, text: 'when the moon is blue' });
    expect(told.status).toBe(202);
    expect(await factsOf(enrollmentId)).toEqual(['handoff_requested']);
  });

  it('of a call that nobody knows yet waits for a person as well', async () => {
    const told = await tell({ kind: 'callback_requested', callSid: 'CA-nobody', text: 'Tuesday at three' });
    const [fact] = await api.sql`select kind, enrollment_id from fact where id = ${told.body.factId}`;
    expect(fact).toEqual({ kind: 'handoff_requested', enrollmentId: null });
  });
});

describe('a wrong number', () => {
  it('C11: is not used for this contact any more', async () => {
    const { enrollmentId, contactId, phone } = await launchForOne(api);
    const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: null });
    expect((await tell({ kind: 'wrong_number', attemptId })).status).toBe(202);
    expect((await get(`/v1/contacts/${contactId}`)).addresses).toContainEqual(
      expect.objectContaining({ value: phone, unusable: 'wrong_number' }),
    );
  });
});

describe('a form', () => {
  it('is started and completed by its link, and belongs to the campaign’s form (S0-31, S0-33)', async () => {
    const { enrollmentId } = await launchForOne(api);
    const token = formToken(api.config.secretKey, enrollmentId);
    await tell({ kind: 'form_started', formToken: token });
    await tell({ kind: 'form_completed', formToken: token, answers: { injured: 'yes' } });
    expect(await factsOf(enrollmentId)).toEqual(['form_started', 'form_completed']);
    const [fact] =
      await api.sql`select body from fact where enrollment_id = ${enrollmentId} and kind = 'form_completed'`;
    expect(fact?.body).toEqual({ kind: 'form_completed', formId: 'intake', answers: { injured: 'yes' } });
  });

  it('that is not attached is refused, and so is a link that we never made (S0-32)', async () => {
    const plan = { ...(definitionOf('x').plan as object), formId: null };
    const { enrollmentId } = await launchForOne(api, { plan });
    expect((await tell({ kind: 'form_completed', enrollmentId })).body).toMatchObject({
      status: 409,
      detail: expect.stringContaining('no form'),
    });
    const token = formToken(api.config.secretKey, enrollmentId);
    expect((await tell({ kind: 'form_completed', formToken: `${token.slice(0, -2)}AA` })).status).toBe(404);
  });
});
