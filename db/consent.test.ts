import { randomUUID } from 'node:crypto';
import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  ONE_CALL_RUN,
  orderOf,
  seedOutreach,
  startOver,
  tell,
  TEST_KEYS,
  untilWaiting,
  wake,
} from '../test/seed';
import { balance } from './balance';
import { claim } from './claim';
import { inTransaction } from './client';
import { listConsents, recordConsent, revokeConsent } from './consent';
import { lockAddresses } from './suppression';

const { sql } = databaseOfThisFile({ max: 12 });
beforeEach(() => startOver(sql));

const AI_RUN = { ...ONE_CALL_RUN, calls: { ...ONE_CALL_RUN.calls, requiresConsent: 'ai_voice' } };

async function outreach() {
  const { contacts, ...story } = await seedOutreach(sql, { runs: [AI_RUN] });
  return { ...story, contactId: contacts[0]?.contactId ?? '' };
}

const agree = (contactId: string) =>
  recordConsent(
    sql,
    contactId,
    { id: randomUUID(), class: 'ai_voice', source: 'form', text: 'Yes.', seller: 'Example Law', givenAt: null },
    'test',
  );
const revoke = (consentId: string) => revokeConsent(sql, consentId, 'said so', 'key:Ada');

describe('a call with an artificial voice (INV-4, C12)', () => {
  it('is made to who has agreed, and names the consent that it rests on', async () => {
    const { contactId, enrollmentId } = await outreach();
    const { id } = await agree(contactId);
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
    const [row] = await sql<{ consentIds: string[] }[]>`select permit -> 'consentIds' as consent_ids from attempt`;
    expect(row?.consentIds).toEqual([id]);
    expect((await balance(sql)).ok).toBe(true);
  });

  it('is not made to who has not; the wait ends, and the story says why', async () => {
    const { enrollmentId } = await outreach();
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'no_consent' });
    const [row] = await sql`select state, reason from enrollment`;
    expect(row).toEqual({ state: 'ended', reason: 'no_consent' });
    const [entry] = await sql<{ why: string }[]>`
      select data ->> 'why' as why from timeline where kind = 'contact_status_changed'`;
    expect(entry?.why).toContain('the person has not agreed to it (consent "ai_voice")');
  });

  it('is made after all when the consent comes later and somebody orders it', async () => {
    const { contactId, enrollmentId } = await outreach();
    await wake(sql, enrollmentId);
    await agree(contactId);
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'resume' } });
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
  });

  it('is refused when the consent is taken back before the claim', async () => {
    const { contactId, enrollmentId } = await outreach();
    const { id } = await agree(contactId);
    const order = await orderOf(sql, enrollmentId);
    await revoke(id);
    expect(await claim(sql, order, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'finish' });
    const [entry] = await sql<
      { why: string }[]
    >`select data ->> 'why' as why from timeline where kind = 'touch_refused'`;
    expect(entry?.why).toContain('consent "ai_voice"');
    expect(await sql`select 1 from attempt`).toHaveLength(0);
    expect(await sql`select 1 from lease where freed_rt is null`).toHaveLength(0);
  });

  it('waits for a revocation under way, and then is not made', async () => {
    const { contactId, enrollmentId } = await outreach();
    const { id } = await agree(contactId);
    const order = await orderOf(sql, enrollmentId);
    let claimed: Promise<unknown> = Promise.resolve();
    await inTransaction(sql, async (tx) => {
      await lockAddresses(tx, contactId);
      claimed = claim(sql, order, TEST_KEYS);
      await untilWaiting(sql, 1);
      await tx`update consent set revoked_at = app_now() where id = ${id}`;
    });
    expect(await claimed).toMatchObject({ kind: 'refused' });
  });

  it('would show in the books if it had no consent, or one that was revoked before', async () => {
    const { contactId, enrollmentId } = await outreach();
    const { id } = await agree(contactId);
    const { attemptId } = await claimDue(sql, enrollmentId);
    const broken = async () => {
      const { equations } = await balance(sql);
      return equations.filter(({ ok }) => !ok).map(({ name, examples }) => [name, examples]);
    };
    await revoke(id);
    expect(await broken()).toEqual([]);
    await sql`update consent set revoked_at = revoked_at - interval '1 second', given_at = given_at - interval '1 hour'`;
    expect(await broken()).toEqual([['consents', [attemptId]]]);
    await sql`delete from consent`;
    expect(await broken()).toEqual([['consents', [attemptId]]]);
  });
});

describe('the record of a consent', () => {
  it('wakes whoever is being reached, once for each change', async () => {
    const { contactId, enrollmentId } = await outreach();
    const { id } = await agree(contactId);
    await revoke(id);
    expect(await sql`select enrollment_id, reason from wake`).toEqual([
      { enrollmentId, reason: 'consent_changed' },
      { enrollmentId, reason: 'consent_changed' },
    ]);
  });

  it('is kept with who was named in it, who took it back and why; twice is once (C21)', async () => {
    const { contactId } = await outreach();
    const { id } = await agree(contactId);
    const first = await revoke(id);
    await revokeConsent(sql, id, 'again', 'key:Ed');
    expect(await listConsents(sql, contactId)).toEqual([
      expect.objectContaining({
        id,
        text: 'Yes.',
        seller: 'Example Law',
        revokedBy: 'key:Ada',
        revokedReason: 'said so',
      }),
    ]);
    expect(first.revokedAt).not.toBeNull();
  });

  it('is of a contact that there is', async () => {
    await expect(agree(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    await expect(revoke(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    await expect(listConsents(sql, randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });
});
