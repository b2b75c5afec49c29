import { attemptToken } from '../db/tokens';
import { replyAddress } from '../domain/reply-address';
import { startTestApi, type TestApi } from '../test/api';
import { insertAttempt, type Launched, launchForOne } from '../test/api-people';

let api: TestApi;
let events = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const get = async (path: string) => (await api.call('GET', path)).body;
const tell = (body: Record<string, unknown>) => {
  events += 1;
  return api.call('POST', '/v1/facts', { body: { eventId: `event-${events}`, ...body } });
};
const factsOf = async (enrollmentId: string) =>
  (await api.sql<{ kind: string }[]>`select kind from fact where enrollment_id = ${enrollmentId} order by seq`).map(
    ({ kind }) => kind,
  );
const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('a mail that comes in (T4, R-21)', () => {
  const mail = async (
    { enrollmentId, email, phone }: Launched & { email: string; phone: string },
    overrides: Record<string, unknown> = {},
  ) => {
    const attemptId = await insertAttempt(api, { enrollmentId, phone, channel: 'sms', sid: null });
    const to = replyAddress('intake@example.com', attemptId, attemptToken(api.config.secretKey, attemptId));
    const base = {
      kind: 'inbound_email',
      from: `Asha <${email.toUpperCase()}>`,
      to,
      subject: 'Re: Your case',
      text: 'Yes please, tell me more.',
      messageId: `<m${events}@example.com>`,
      headers: {},
    };
    return tell({ ...base, ...overrides });
  };

  it('from the person to our token is a reply of that enrollment, with its words in the conversation', async () => {
    const person = await launchForOne(api);
    expect((await mail(person)).status).toBe(202);
    expect(await factsOf(person.enrollmentId)).toEqual(['reply']);
    const [message] =
      await api.sql`select m.body, m.subject, c.channel from message m join conversation c on c.id = m.conversation_id where c.enrollment_id = ${person.enrollmentId}`;
    expect(message).toEqual({ body: 'Yes please, tell me more.', subject: 'Re: Your case', channel: 'email' });
    const [fact] = await api.sql<
      { body: string }[]
    >`select body::text as body from fact where enrollment_id = ${person.enrollmentId}`;
    expect(fact?.body).not.toContain('tell me more');
  });

  it('from somebody else to our token waits for a person and fires nothing', async () => {
    const person = await launchForOne(api);
    await mail(person, { from: 'mallory@example.org' });
    expect(await factsOf(person.enrollmentId)).toEqual([]);
    const { items } = await get('/v1/handoffs');
    expect(items).toContainEqual(
      expect.objectContaining({
        kind: 'unmatched',
        reason: 'reply',
        lastMessage: 'Yes please, tell me more.',
        contact: expect.objectContaining({ id: person.contactId }),
      }),
    );
  });

  it('with a token that we never made is no reply to the attempt', async () => {
    const person = await launchForOne(api);
    await mail(person, {
      to: replyAddress('intake@example.com', uuid, attemptToken('another-secret-key-of-32-characters!', uuid)),
    });
    expect(await factsOf(person.enrollmentId)).toEqual([]);
  });

  it.each([
    ['to our token', {}],
    ['to our plain address', { to: 'intake@example.com' }],
    ['by the subject alone, as mail programs do it', { subject: 'unsubscribe', text: '' }],
  ])('that revokes is obeyed on every channel: %s (R-5)', async (_, overrides) => {
    const person = await launchForOne(api);
    await mail(person, { text: 'Please stop writing to me.', ...overrides });
    expect(await get(`/v1/enrollments/${person.enrollmentId}`)).toMatchObject({ state: 'ended', reason: 'opted_out' });
    const suppressed = (await get(`/v1/contacts/${person.contactId}`)).addresses.map(
      (address: { suppressed: string[] }) => address.suppressed,
    );
    expect(suppressed).toEqual([
      ['email', 'sms', 'voice'],
      ['email', 'sms', 'voice'],
    ]);
  });

  it('that quotes our own "Reply STOP to opt out" revokes nothing', async () => {
    const person = await launchForOne(api);
    await mail(person, { text: 'Sounds good!\n\nOn Mon, Mar 1, 2027 Intake wrote:\n> Reply STOP to opt out' });
    expect(await get(`/v1/enrollments/${person.enrollmentId}`)).toMatchObject({ state: 'open' });
  });

  it('of a stranger who revokes bars the address it came from (C6)', async () => {
    await tell({ kind: 'inbound_email', from: 'Zed <Zed@Example.org>', to: 'intake@example.com', text: 'unsubscribe' });
    const [row] =
      await api.sql`select a.value, s.channels, s.source from suppression s join address a on a.hash = s.hash where a.value = 'zed@example.org'`;
    expect(row).toEqual({ value: 'zed@example.org', channels: ['voice', 'sms', 'email'], source: 'reply' });
    const kept = await tell({
      kind: 'inbound_email',
      from: 'kind@example.org',
      to: 'intake@example.com',
      text: 'hello',
    });
    expect(kept.status).toBe(202);
    expect(await api.sql`select hash from address where value = 'kind@example.org'`).toHaveLength(0);
  });

  it('of a program is kept and is no reply', async () => {
    const person = await launchForOne(api);
    const told = await mail(person, {
      headers: { 'Auto-Submitted': 'auto-replied' },
      text: 'I am out of office. Stop.',
    });
    expect(told).toMatchObject({ status: 202, body: { factId: null, duplicate: false } });
    expect(await factsOf(person.enrollmentId)).toEqual([]);
    expect(
      await api.sql`select id from inbox where event_key = ${`inbound_email:event-${events}`} and folded_rt is not null`,
    ).toHaveLength(1);
  });

  it('of any length is taken, cut to what is worth reading', async () => {
    const person = await launchForOne(api);
    expect((await mail(person, { text: `Stop. ${'x'.repeat(200_000)}` })).status).toBe(202);
    const [message] = await api.sql<{ length: number }[]>`
      select length(m.body) as length from message m join conversation c on c.id = m.conversation_id where c.enrollment_id = ${person.enrollmentId}`;
    expect(message?.length).toBe(100_000);
  });

  it('without any address to write back to is kept for a person', async () => {
    const told = await tell({ kind: 'inbound_email', from: '<>', to: 'intake@example.com', text: 'hello' });
    expect(told).toMatchObject({ status: 202, body: { factId: expect.any(String) } });
  });
});
