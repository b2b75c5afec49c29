import { randomUUID } from 'node:crypto';
import type { ConsentClass } from '../domain/consent';
import type { FactBody } from '../domain/fact';
import { databaseOfThisFile } from '../test/database';
import { claimDue, freezeAt, ONE_CALL_RUN, seedOutreach, startOver, tell, wake } from '../test/seed';
import { revokeConsent, recordConsent } from './consent';
import { bringBackRefusal, resumeRefusal } from './enrollment-views';
import { liftOptOut, optOutOfCaseType } from './opt-out';

const { sql } = databaseOfThisFile();
beforeEach(() => startOver(sql));

const RUN = {
  ...ONE_CALL_RUN,
  messages: [{ key: 'hello', channel: 'sms', when: { kind: 'before_call', delayMinutes: 2 }, text: 'We will call.' }],
};
const EVERYTHING: FactBody = { kind: 'opted_out', source: 'keypress', channels: ['voice', 'sms', 'email'] };
const REFUSAL = 'the contact opted out; outreach reopens only where a new consent frees a channel of the campaign';

async function outreach(campaigns = 1) {
  const { contacts, ...story } = await seedOutreach(sql, { runs: [RUN], campaigns });
  return { ...story, contactId: contacts[0]?.contactId ?? '' };
}

const consentTo = (consentClass: ConsentClass) => ({
  id: randomUUID(),
  class: consentClass,
  source: 'form',
  text: 'You may call me again.',
  seller: 'Example Law',
});
async function agree(contactId: string, consentClass: ConsentClass): Promise<string> {
  const consent = consentTo(consentClass);
  await liftOptOut(sql, { contactId, caseType: null, consent }, 'key:Ada');
  return consent.id;
}
const order = (enrollmentId: string, kind: 'resume' | 'complete') =>
  tell(sql, { enrollmentId, body: { kind: 'order', order: kind } });
const standing = async (id: string) => (await sql`select state, reason from enrollment where id = ${id}`)[0];

describe('whoever opted out of everything', () => {
  it('is taken up by Resume Outreach after a new consent, on the channel that it is for and on no other (S1-112, R-5)', async () => {
    const { contactId, enrollmentIds } = await outreach(2);
    const [heard = '', other = ''] = enrollmentIds;
    await tell(sql, { enrollmentId: heard, body: EVERYTHING });
    expect((await wake(sql, other)).decision).toMatchObject({ kind: 'finish', reason: 'opted_out' });
    for (const id of [heard, other]) {
      expect(await standing(id)).toEqual({ state: 'ended', reason: 'opted_out' });
      expect(await resumeRefusal(sql, id)).toBe(REFUSAL);
    }
    await freezeAt(sql, '2027-03-01T12:30:00-05:00');
    await agree(contactId, 'live_call');
    for (const id of [heard, other]) {
      expect(await resumeRefusal(sql, id)).toBeNull();
      await order(id, 'resume');
      expect(await standing(id)).toEqual({ state: 'open', reason: null });
    }
    expect((await claimDue(sql, heard)).outcome.kind).toBe('claimed');
    expect(await sql`select channel from attempt`).toEqual([{ channel: 'voice' }]);
    expect(await sql`select distinct channels from suppression where lifted_at is null`).toEqual([
      { channels: ['sms', 'email'] },
    ]);
  });

  it('is brought back by an admin whom a rule had taken out besides, and only then (S1-112, R-8)', async () => {
    const { contactId, enrollmentId } = await outreach();
    await tell(sql, { enrollmentId, body: EVERYTHING });
    await sql`update enrollment set left_for_good = true`;
    expect(await bringBackRefusal(sql, enrollmentId)).toBe(REFUSAL);
    await agree(contactId, 'marketing_sms');
    expect(await resumeRefusal(sql, enrollmentId)).toContain('for good');
    expect(await bringBackRefusal(sql, enrollmentId)).toBeNull();
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'bring_back', note: 'she asked for it' } });
    expect(await standing(enrollmentId)).toEqual({ state: 'open', reason: null });
  });

  type Case = readonly [why: string, change: (contactId: string) => Promise<unknown>];
  it.each<Case>([
    [
      'a consent was recorded and the opt-out stands',
      (id) => recordConsent(sql, id, { ...consentTo('live_call'), givenAt: null }, 'test'),
    ],
    ['the consent is for a channel that the plan does not use', (id) => agree(id, 'marketing_email')],
    ['the consent was taken back', async (id) => revokeConsent(sql, await agree(id, 'live_call'), 'said so', 'test')],
    [
      'calls about such cases are barred since',
      async (id) => {
        await agree(id, 'live_call');
        await optOutOfCaseType(sql, { id: randomUUID(), contactId: id, caseType: 'injury', reason: '' }, 'test');
      },
    ],
    [
      "the number is somebody else's",
      async (id) => {
        await agree(id, 'live_call');
        await sql`update contact_address set unusable = 'wrong_number'`;
      },
    ],
    ['nobody agreed to what was lifted', () => sql`update suppression set lifted_at = app_now()`],
  ])('is not resumed where %s (S1-112, S1-118)', async (_, change) => {
    const { contactId, enrollmentId } = await outreach();
    await tell(sql, { enrollmentId, body: EVERYTHING });
    await change(contactId);
    expect(await resumeRefusal(sql, enrollmentId)).toBe(REFUSAL);
    await order(enrollmentId, 'resume');
    expect(await standing(enrollmentId)).toEqual({ state: 'ended', reason: 'opted_out' });
  });

  it('is not resumed on a consent that came before the opt-out, though the row had ended before both (S1-112)', async () => {
    const { contactId, enrollmentId } = await outreach();
    await order(enrollmentId, 'complete');
    await freezeAt(sql, '2027-03-01T12:10:00-05:00');
    await recordConsent(sql, contactId, { ...consentTo('live_call'), givenAt: null }, 'test');
    await freezeAt(sql, '2027-03-01T12:20:00-05:00');
    await tell(sql, { enrollmentId, body: EVERYTHING });
    expect(await standing(enrollmentId)).toEqual({ state: 'ended', reason: 'opted_out' });
    await sql`update suppression set lifted_at = app_now()`;
    expect(await resumeRefusal(sql, enrollmentId)).toBe(REFUSAL);
    await recordConsent(sql, contactId, { ...consentTo('live_call'), givenAt: null }, 'test');
    expect(await resumeRefusal(sql, enrollmentId)).toBeNull();
  });
});
