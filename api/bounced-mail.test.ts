import { addressHash, attemptToken } from '../db/tokens';
import { replyAddress } from '../domain/reply-address';
import { startTestApi, type TestApi } from '../test/api';
import { insertAttempt, type Launched, launchForOne } from '../test/api-people';

/** Mail that comes back (U-22, F23): what it may change, and what a forged one may not. */

let api: TestApi;
let events = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const STRANGER = '0f8fad5b-d9cb-469f-a165-70867728950e';

interface Recipient extends Launched {
  readonly email: string;
  readonly attemptId: string;
}

/** Somebody to whom a mail was sent. */
async function mailed(): Promise<Recipient> {
  const person = await launchForOne(api);
  const attemptId = await insertAttempt(api, { ...person, channel: 'sms', sid: null });
  const toHash = addressHash(api.config.addressKey, 'email', person.email);
  await api.sql`
    update attempt set channel = 'email', to_hash = ${toHash}, status = null, rank = 0,
      content = '{"kind": "email", "subject": "Your case", "text": "Hello"}'
    where id = ${attemptId}`;
  return { ...person, attemptId };
}

interface Report {
  readonly status?: string;
  readonly action?: string;
  readonly recipient?: string;
  readonly returned?: readonly string[];
}

function bounce({ status = '5.1.1', action = 'failed', recipient = '', returned = [] }: Report) {
  events += 1;
  const text = [
    'Content-Type: message/delivery-status',
    '',
    ...(recipient === '' ? [] : [`Final-Recipient: rfc822; ${recipient}`]),
    `Action: ${action}`,
    `Status: ${status}`,
    '',
    ...returned,
  ].join('\r\n');
  return api.call('POST', '/v1/facts', {
    body: {
      eventId: `bounce-${events}`,
      kind: 'inbound_email',
      from: 'Mail Delivery System <MAILER-DAEMON@mx.example.com>',
      to: 'intake@example.com',
      subject: 'Undelivered Mail Returned to Sender',
      text,
      headers: {
        'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
        'Auto-Submitted': 'auto-replied',
      },
    },
  });
}

const replyTo = (attemptId: string, key = api.config.secretKey) =>
  `Reply-To: ${replyAddress('intake@example.com', attemptId, attemptToken(key, attemptId))}`;
const named = ({ attemptId, email }: Recipient) => ({
  recipient: email.toUpperCase(),
  returned: [`Message-ID: <${attemptId}@example.com>`],
});

async function standing({ attemptId, contactId, enrollmentId }: Recipient) {
  const [attempt] = await api.sql<{ state: string; disposition: string | null; errorCode: string | null }[]>`
    select state, disposition, error_code from attempt where id = ${attemptId}`;
  const { body: contact } = await api.call('GET', `/v1/contacts/${contactId}`);
  const { body: enrollment } = await api.call('GET', `/v1/enrollments/${enrollmentId}`);
  const addresses: { kind: string; unusable: string | null; suppressed: string[] }[] = contact.addresses;
  return {
    ...attempt,
    unusable: addresses.map(({ kind, unusable }) => `${kind} ${unusable ?? 'good'}`),
    suppressed: addresses.flatMap(({ suppressed }) => suppressed),
    enrollment: enrollment.state,
  };
}

const UNTOUCHED = {
  state: 'accepted',
  disposition: null,
  errorCode: null,
  unusable: ['phone good', 'email good'],
  suppressed: [],
  enrollment: 'open',
};
const ENDED = { ...UNTOUCHED, state: 'ended', disposition: 'undelivered' };

it.each([
  ['named by its token', (to: Recipient) => ({ returned: [replyTo(to.attemptId)] })],
  ['named by its id and the address', named],
  [
    'named by its header and the address',
    (to: Recipient) => ({ ...named(to), returned: [`X-Attempt-Id: ${to.attemptId}`] }),
  ],
])('a hard bounce %s ends the attempt and gives the address up; the person opted out of nothing', async (_, report) => {
  const person = await mailed();
  expect((await bounce(report(person))).status).toBe(202);
  expect(await standing(person)).toEqual({ ...ENDED, errorCode: '5.1.1', unusable: ['phone good', 'email invalid'] });
});

it('a soft bounce ends the attempt and no more; a hard one after it gives the address up', async () => {
  const person = await mailed();
  await bounce({ ...named(person), status: '4.4.7' });
  expect(await standing(person)).toEqual({ ...ENDED, errorCode: '4.4.7' });
  await bounce(named(person));
  expect((await standing(person)).unusable).toEqual(['phone good', 'email invalid']);
});

it('the story of the contact tells of it', async () => {
  const person = await mailed();
  await bounce(named(person));
  const stories =
    await api.sql`select data from timeline where attempt_id = ${person.attemptId} and kind = 'message_failed'`;
  expect(stories).toEqual([{ data: { bounce: 'hard' } }]);
});

it('everybody who shares the address looks again', async () => {
  const [one, other] = [await mailed(), await mailed()];
  await api.sql`
    insert into contact_address (contact_id, hash, position)
    select ${other.contactId}, to_hash, 9 from attempt where id = ${one.attemptId}`;
  await bounce(named(one));
  expect((await standing(other)).unusable).toEqual(['phone good', 'email good', 'email invalid']);
  const wakes = await api.sql`select reason from wake where enrollment_id = ${other.enrollmentId}`;
  expect(wakes).toEqual([{ reason: 'dead_address' }]);
});

describe('nothing changes by a notification', () => {
  it.each([
    ['that a mail is late', (to: Recipient) => ({ ...named(to), action: 'delayed', status: '4.4.1' })],
    [
      'with a token that we never made',
      ({ attemptId }: Recipient) => ({ returned: [replyTo(attemptId, 'another-secret-key-of-32-characters!')] }),
    ],
    ['about an address that we did not write to', (to: Recipient) => ({ ...named(to), recipient: 'ben@example.org' })],
    ['about what is no address', (to: Recipient) => ({ ...named(to), recipient: 'nobody at all' })],
    ['about nobody', (to: Recipient) => ({ ...named(to), recipient: '' })],
    [
      'of a mail that is not ours',
      (to: Recipient) => ({ ...named(to), returned: [`Message-ID: <${STRANGER}@example.com>`] }),
    ],
    ['of a mail that has no name', (to: Recipient) => ({ recipient: to.email })],
  ])('%s, which is kept', async (_, report) => {
    const person = await mailed();
    expect(await bounce(report(person))).toMatchObject({ status: 202, body: { factId: null } });
    expect(await standing(person)).toEqual(UNTOUCHED);
  });

  it('about a call or a text', async () => {
    const person = await mailed();
    await api.sql`update attempt set channel = 'sms' where id = ${person.attemptId}`;
    await bounce({ returned: [replyTo(person.attemptId)] });
    expect(await standing(person)).toEqual(UNTOUCHED);
  });
});
