import { randomUUID } from 'node:crypto';
import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  fictionalPhone,
  freezeAt,
  MONDAY_NOON,
  NORA,
  orderOf,
  people,
  seedCampaign,
  seedOutreach,
  startOver,
  TEST_KEYS,
  untilWaiting,
  wake,
} from '../test/seed';
import { decide } from '../domain/decide';
import { AssumptionsSchema } from '../domain/forecast-assumptions';
import { DAY_MS, fromIso } from '../domain/instant';
import { balance } from './balance';
import { claim } from './claim';
import { inTransaction } from './client';
import { recordConsent } from './consent';
import { createForecast } from './forecast';
import { readPopulation } from './forecast-people';
import { recordAnswers } from './number-check';
import { recordRelationship, withdrawRelationship } from './relationship';
import { changeSettings } from './settings';
import { lockAddresses } from './suppression';
import { addressHash } from './tokens';

const { sql } = databaseOfThisFile({ max: 12 });
beforeEach(async () => {
  await startOver(sql);
  await changeSettings(sql, { allowedCountries: ['US', 'CA'] }, 'test');
});

const NOON = fromIso(MONDAY_NOON);
const HASH = addressHash(TEST_KEYS.addressKey, 'phone', fictionalPhone(0));
const SELLING = { policy: { solicits: true } };

const dnc = (answer: 'listed' | 'not_listed', daysAgo = 1, hash = HASH) =>
  recordAnswers(
    sql,
    {
      registry: 'dnc',
      checkedAt: NOON - daysAgo * DAY_MS,
      source: 'national registry',
      answers: [{ hash, answer, askedAboutAt: null }],
    },
    'test',
  );
const reassigned = (answer: 'yes' | 'no' | 'no_data', daysAgo = 1) =>
  recordAnswers(
    sql,
    {
      registry: 'reassigned',
      checkedAt: NOON - daysAgo * DAY_MS,
      source: 'reassigned numbers database',
      answers: [{ hash: HASH, answer, askedAboutAt: NOON - 90 * DAY_MS }],
    },
    'test',
  );
const permit = async (): Promise<Record<string, unknown>> => {
  const [row] = await sql<{ number: Record<string, unknown> }[]>`select permit -> 'number' as number from attempt`;
  return row?.number ?? {};
};
const refusal = async () => {
  const [row] = await sql<{ reason: string; why: string }[]>`
    select data ->> 'reason' as reason, data ->> 'why' as why from timeline where kind = 'touch_refused' order by id desc limit 1`;
  return row;
};
/** The equations that are broken. */
const broken = async () => (await balance(sql)).equations.filter(({ ok }) => !ok).map(({ name }) => name);

describe('a campaign that solicits, up to its attempt (C10)', () => {
  it('holds whoever was not looked up; the answer wakes them, and is the evidence of the call', async () => {
    const { enrollmentId } = await seedOutreach(sql, SELLING);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'hold', reasons: [{ code: 'no_basis' }] });
    await sql`delete from wake`;
    expect(await dnc('not_listed')).toBe(1);
    expect(await sql`select reason from wake where enrollment_id = ${enrollmentId}`).toEqual([
      { reason: 'number_checked' },
    ]);
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
    expect(await permit()).toEqual({
      country: 'US',
      dnc: { answer: 'not_listed', checkedAt: NOON - DAY_MS, source: 'national registry', askedAboutAt: null },
      solicits: true,
      basis: null,
    });
    expect(await broken()).toEqual([]);
  });

  it('refuses the claim of a call that was ordered before the number was listed, in a sentence', async () => {
    const { enrollmentId } = await seedOutreach(sql, SELLING);
    await dnc('not_listed', 2);
    const order = await orderOf(sql, enrollmentId);
    await dnc('listed');
    expect((await claim(sql, order, TEST_KEYS)).kind).toBe('refused');
    expect(await refusal()).toMatchObject({ reason: 'finish', why: expect.stringContaining('Do-Not-Call list') });
    expect(await sql`select 1 from attempt`).toEqual([]);
  });

  it('is ordered with a look-up by the lock on the number: whichever commits first wins', async () => {
    const { enrollmentId, contacts } = await seedOutreach(sql, SELLING);
    await dnc('not_listed', 2);
    const order = await orderOf(sql, enrollmentId);
    let looking: Promise<number> | undefined;
    let claiming: Promise<{ kind: string }> | undefined;
    await inTransaction(sql, async (tx) => {
      await lockAddresses(tx, contacts[0]?.contactId ?? '');
      looking = dnc('listed');
      await untilWaiting(sql, 1);
      claiming = claim(sql, order, TEST_KEYS);
      await untilWaiting(sql, 2);
    });
    await looking;
    expect((await claiming)?.kind).toBe('refused');
    expect(await broken()).toEqual([]);
  });

  it('goes by the newest look-up, and of two at one instant by the one that forbids', async () => {
    const { enrollmentId } = await seedOutreach(sql, SELLING);
    await dnc('listed', 5);
    await dnc('not_listed', 1);
    await dnc('listed', 3);
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('touch');
    await dnc('listed', 1);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'no_consent' });
  });

  it('rests on a purchase until it is withdrawn, and stores which', async () => {
    const { enrollmentIds, contacts } = await seedOutreach(sql, { ...SELLING, people: people(2) });
    const ids = await Promise.all(
      contacts.map(async ({ contactId, hashes }, n) => {
        await dnc('listed', 1, hashes[0]);
        const purchase = { kind: 'purchase', happenedOn: '2026-01-15', source: 'invoice' } as const;
        const id = `6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0b0${n}`;
        return (await recordRelationship(sql, contactId, { ...purchase, id }, 'test')).id;
      }),
    );
    expect((await claimDue(sql, enrollmentIds[0] ?? '')).outcome.kind).toBe('claimed');
    expect(await permit()).toMatchObject({ basis: { basis: 'purchase of 2026-01-15', id: ids[0] } });
    await withdrawRelationship(sql, ids[1] ?? '', 'cancelled', 'test');
    expect((await wake(sql, enrollmentIds[1] ?? '')).decision).toMatchObject({ kind: 'finish', reason: 'no_consent' });
    expect(await broken()).toEqual([]);
  });

  it('waits again when the look-up has grown too old', async () => {
    const { enrollmentId } = await seedOutreach(sql, SELLING);
    await dnc('not_listed', 0);
    await freezeAt(sql, '2027-03-09T17:00:00Z');
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('touch');
    await dnc('not_listed', 40);
    await sql`delete from number_check where checked_at = at_ms(${NOON})`;
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'hold', reasons: [{ state: 'stale' }] });
  });
});

describe('a number of which the registry says that it changed hands (C11)', () => {
  it('is given up, and the answer stays as evidence where it was another', async () => {
    const { enrollmentIds } = await seedOutreach(sql, { campaigns: 2 });
    await reassigned('no', 2);
    expect((await claimDue(sql, enrollmentIds[0] ?? '')).outcome.kind).toBe('claimed');
    expect(await permit()).toMatchObject({
      reassigned: { answer: 'no', checkedAt: NOON - 2 * DAY_MS, askedAboutAt: NOON - 90 * DAY_MS },
      solicits: false,
    });
    await reassigned('yes');
    expect((await wake(sql, enrollmentIds[1] ?? '')).decision).toMatchObject({
      kind: 'finish',
      reason: 'unreachable',
      reasons: [{ code: 'reassigned' }],
    });
    expect(await broken()).toEqual([]);
  });

  it('is used again when its person gives consent after that', async () => {
    const { enrollmentId, contacts } = await seedOutreach(sql);
    await reassigned('yes');
    const consent = { class: 'live_call', source: 'form', text: 'yes', seller: '', givenAt: null } as const;
    const id = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0c01';
    await recordConsent(sql, contacts[0]?.contactId ?? '', { ...consent, id }, 'test');
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
    expect(await broken()).toEqual([]);
  });
});

describe('a number abroad (T25)', () => {
  it('is not called, whoever put it in; once its country is allowed it is', async () => {
    const abroad = { ...NORA, phones: ['+18765550123'] };
    const { enrollmentId } = await seedOutreach(sql, { people: [abroad] });
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({
      kind: 'finish',
      reasons: [{ code: 'country_not_allowed', country: 'JM' }],
    });
    const { enrollmentId: other, campaignId } = await seedOutreach(sql, { people: [abroad] });
    const epoch = async () => (await sql`select epoch from campaign where id = ${campaignId}`)[0]?.['epoch'];
    const before = await epoch();
    await changeSettings(sql, { allowedCountries: ['US', 'JM'] }, 'test');
    expect(await epoch()).toBe(before + 1);
    expect((await claimDue(sql, other)).outcome.kind).toBe('claimed');
    expect(await permit()).toMatchObject({ country: 'JM' });
    expect(await broken()).toEqual([]);
  });

  it('is refused at the claim when its country was taken out meanwhile', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    const order = await orderOf(sql, enrollmentId);
    await changeSettings(sql, { allowedCountries: ['CA'] }, 'test');
    expect((await claim(sql, order, TEST_KEYS)).kind).toBe('refused');
    expect((await refusal())?.why).toContain('in a country that is not called (US)');
  });
});

it('a forecast sees of each number what a claim sees, of who is inside and of who is not yet', async () => {
  const numbers = [...[0, 1, 2, 3].map(fictionalPhone), '+18765550123'];
  const cast = numbers.map((phone, n) => ({ ...NORA, name: `Person ${n}`, phones: [phone] }));
  const { campaignId, contacts, listId } = await seedOutreach(sql, { ...SELLING, people: cast });
  const hashOf = (n: number) => contacts[n]?.hashes[0] ?? '';
  await dnc('not_listed', 1, hashOf(0));
  await reassigned('yes');
  for (const n of [1, 2, 4]) await dnc('listed', 1, hashOf(n));
  const purchase = { kind: 'purchase', happenedOn: '2026-01-15', source: 'invoice' } as const;
  const id = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0d01';
  await recordRelationship(sql, contacts[2]?.contactId ?? '', { ...purchase, id }, 'test');
  const seen = async (campaign: string) => {
    const forecast = await createForecast(sql, {
      id: randomUUID(),
      campaignId: campaign,
      startsAt: null,
      days: 5,
      lines: null,
      assumptions: AssumptionsSchema.parse({}),
      actor: 'test',
    });
    const { people: all, ground } = await readPopulation(sql, forecast);
    return contacts.map(({ contactId }) => {
      const person = all.find((each) => each.contactId === contactId);
      if (person === undefined) throw new Error('somebody is missing');
      const { setting, contactId: _, ...own } = person;
      const decision = decide({ ...setting, ...own, now: ground.now, spending: ground.spending, line: 'none' });
      return [person.contact, decision.kind, decision.reasons[0]];
    });
  };
  const inside = await seen(campaignId);
  expect(inside.map(([, kind]) => kind)).toEqual(['finish', 'finish', 'queue', 'hold', 'finish']);
  expect(await seen(await seedCampaign(sql, listId, undefined, SELLING.policy))).toEqual(inside);
});

it('no look-up is lost when many are recorded at once, and none is stored twice', async () => {
  const hashes = Array.from({ length: 40 }, (_, n) => `hash-${n}`);
  const batch = () =>
    recordAnswers(
      sql,
      {
        registry: 'dnc',
        checkedAt: NOON,
        source: 'registry',
        answers: hashes.map((hash) => ({ hash, answer: 'not_listed', askedAboutAt: null })),
      },
      'test',
    );
  const stored = await Promise.all([batch(), batch(), batch()]);
  expect(stored.reduce((sum, count) => sum + count, 0)).toBe(40);
  expect(await sql`select count(*)::int as count from number_check`).toEqual([{ count: 40 }]);
});
