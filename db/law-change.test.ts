import { randomUUID } from 'node:crypto';
import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  freezeAt,
  NORA,
  ONE_CALL_RUN,
  orderOf,
  seedOutreach,
  startOver,
  TEST_KEYS,
  wake,
} from '../test/seed';
import { balance } from './balance';
import { claim } from './claim';
import { legalRuleVersions } from './law';
import { addToLaw, CALENDAR_DAYS, changeLaw, LEGAL_RULES, type LegalRuleValues } from './law-change';

const { sql } = databaseOfThisFile({ max: 12 });
beforeEach(() => startOver(sql));

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const IN_ALABAMA = { ...NORA, phones: ['+12055550100'], zone: 'America/Chicago' };
const RUN = {
  ...ONE_CALL_RUN,
  weekdays: EVERY_DAY,
  hours: { mode: 'calling_times', slots: [{ open: '08:00', close: '21:00' }] },
};

const aRule = (changes: Partial<LegalRuleValues> = {}): LegalRuleValues => ({
  country: 'US',
  state: 'WY',
  channels: ['voice', 'sms'],
  hours: [{ weekdays: EVERY_DAY, slots: [{ open: '08:00', close: '20:00' }] }],
  holidays: false,
  perDay: null,
  effectiveTo: null,
  source: 'a statute',
  reviewedBy: null,
  ...changes,
});

async function ruleOf(state: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from legal_rule where state = ${state} limit 1`;
  return row?.id ?? '';
}

const GROUNDS = { source: 'a new statute', reviewedBy: 'Counsel' };

describe('the rules that are there from the start (C1, C4, C5)', () => {
  it('are those of the federation and of twenty states, each with its source', async () => {
    const rows = await sql<{ state: string | null; perDay: number | null; holidays: boolean }[]>`
      select state, per_day, holidays from legal_rule where revision = 1 and source <> '' order by state nulls first`;
    expect(rows.map(({ state }) => state ?? 'US').join(' ')).toBe(
      'US AL CA CT FL IL KY LA MA MD MI MN MS NM NV OK PA RI TX VA WA',
    );
    expect(rows.filter(({ perDay }) => perDay === 3).map(({ state }) => state)).toEqual(['FL', 'MD', 'OK']);
    expect(rows.filter(({ holidays }) => holidays).map(({ state }) => state)).toEqual(['AL', 'LA', 'PA']);
  });

  it('are never overwritten nor deleted', async () => {
    for (const table of ['legal_rule', 'calendar_day']) {
      await expect(sql`update ${sql(table)} set source = 'x'`).rejects.toMatchObject({ code: '23000' });
      await expect(sql`delete from ${sql(table)}`).rejects.toMatchObject({ code: '23000' });
    }
  });
});

describe('a claim', () => {
  // The minutes before and after each end of a Monday in Alabama, eight to eight in Chicago's zone.
  it.each([
    ['2027-03-01T13:59:00Z', 'wait', '7:59'],
    ['2027-03-01T14:00:00Z', 'touch', '8:00'],
    ['2027-03-02T01:59:00Z', 'touch', '19:59'],
    ['2027-03-02T02:00:00Z', 'wait', '20:00'],
    ['2027-03-07T18:00:00Z', 'wait', 'noon of a Sunday'],
  ])('keeps to the law of the state to the minute: %s is a %s (INV-1, C4)', async (at, kind) => {
    await freezeAt(sql, at);
    const { enrollmentId } = await seedOutreach(sql, { people: [IN_ALABAMA], runs: [RUN] });
    const { decision } = await wake(sql, enrollmentId);
    // Without a line in the queue a due call takes it at once.
    expect(decision.kind).toBe(kind);
  });

  it('stores which version of which rule permitted it (INV-15)', async () => {
    await freezeAt(sql, '2027-03-01T17:00:00Z');
    const { enrollmentId } = await seedOutreach(sql, { people: [IN_ALABAMA], runs: [RUN] });
    await claimDue(sql, enrollmentId);
    const [row] = await sql<{ permit: Record<string, unknown> }[]>`select permit from attempt`;
    const [law] = await sql<{ revision: number }[]>`select max(revision) as revision from law_revision`;
    expect(row?.permit).toMatchObject({
      lawRevision: law?.revision,
      states: ['AL'],
      countries: ['US'],
      legalRules: expect.arrayContaining([{ id: await ruleOf('AL'), version: 1 }]),
      tzVersion: process.versions.tz,
    });
    expect((await balance(sql)).ok).toBe(true);
  });

  it('is refused when the law was narrowed after the step, and says so in a sentence', async () => {
    await freezeAt(sql, '2027-03-04T17:00:00Z');
    const { enrollmentId } = await seedOutreach(sql, { people: [IN_ALABAMA], runs: [RUN] });
    const order = await orderOf(sql, enrollmentId);
    const day = { name: 'Founders Day', rule: { kind: 'dates', from: '2027-03-04', to: '2027-03-04' } } as const;
    await addToLaw(
      sql,
      CALENDAR_DAYS,
      randomUUID(),
      { ...day, observed: 'same_day', binds: 'everybody', state: null, effectiveTo: null, ...GROUNDS },
      'test',
    );
    expect(await claim(sql, order, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'wait' });
    const [entry] = await sql<
      { why: string }[]
    >`select data ->> 'why' as why from timeline where kind = 'touch_refused'`;
    expect(entry?.why).toContain('it is Founders Day in America/Chicago, a day without outreach');
  });

  it('is judged by the law of its time, however it was changed since', async () => {
    await freezeAt(sql, '2027-03-02T01:59:00Z');
    const { enrollmentId } = await seedOutreach(sql, { people: [IN_ALABAMA], runs: [RUN] });
    await claimDue(sql, enrollmentId);
    const narrower = {
      hours: [{ weekdays: [7], slots: [{ open: '08:00', close: '09:00' }] }],
      effectiveFrom: '2000-01-01',
    };
    await changeLaw(sql, LEGAL_RULES, await ruleOf('AL'), { ...narrower, ...GROUNDS, effectiveTo: null }, 'test');
    expect((await balance(sql)).windows).toEqual({ checked: 1, outside: 0 });
    await sql`update attempt set permit = permit || jsonb_build_object('lawRevision', (select max(revision) from law_revision))`;
    expect((await balance(sql)).windows).toEqual({ checked: 1, outside: 1 });
    await sql`update attempt set permit = permit || '{"lawRevision": 4711}'`;
    expect((await balance(sql)).windows).toEqual({ checked: 1, outside: 1 });
  });
});

describe('a change of the law', () => {
  it('is another version from its first day on; until then the one before counts', async () => {
    const id = await ruleOf('TX');
    const versions = await changeLaw(
      sql,
      LEGAL_RULES,
      id,
      { perDay: 2, effectiveFrom: '2027-09-01', ...GROUNDS },
      'key:Ada',
    );
    expect(
      versions.map(({ version, perDay, effectiveFrom, actor }) => [version, perDay, effectiveFrom, actor]),
    ).toEqual([
      [1, null, '2000-01-01', 'system'],
      [2, 2, '2027-09-01', 'key:Ada'],
    ]);
    expect(versions[1]?.hours).toEqual(versions[0]?.hours);
  });

  it('begins today, by the calendar of the company, where it does not say when', async () => {
    await freezeAt(sql, '2027-03-02T03:00:00Z');
    const [rule] = await addToLaw(sql, LEGAL_RULES, randomUUID(), aRule(), 'test');
    expect(rule?.effectiveFrom).toBe('2027-03-01');
  });

  it('has every live campaign look again without touching a row of theirs', async () => {
    const { enrollmentId, campaignId } = await seedOutreach(sql, { people: [IN_ALABAMA], runs: [RUN] });
    await wake(sql, enrollmentId);
    await addToLaw(sql, LEGAL_RULES, randomUUID(), aRule(), 'test');
    const [row] = await sql<{ campaign: number; own: number }[]>`
      select c.epoch as campaign, e.epoch as own from campaign c join enrollment e on e.campaign_id = c.id where c.id = ${campaignId}`;
    expect(row).toEqual({ campaign: 1, own: 0 });
  });

  it('that is asked for twice is made once', async () => {
    const id = randomUUID();
    const made = await Promise.all([1, 2, 3].map(() => addToLaw(sql, LEGAL_RULES, id, aRule(), 'test')));
    expect(made.map((versions) => versions.length)).toEqual([1, 1, 1]);
  });

  it('gets a revision of its own, also beside others', async () => {
    const added = await Promise.all([1, 2, 3, 4].map(() => addToLaw(sql, LEGAL_RULES, randomUUID(), aRule(), 'test')));
    expect(new Set(added.map(([rule]) => rule?.revision)).size).toBe(4);
  });

  it.each([
    ['opens an hour', { hours: [{ weekdays: EVERY_DAY, slots: [{ open: '08:00', close: '21:00' }] }] }],
    ['leaves out a channel', { channels: ['voice' as const] }],
    ['lifts a cap', { perDay: null }],
    ['retires it', { retired: true }],
  ])('that %s needs somebody who has reviewed it', async (_, change) => {
    const id = randomUUID();
    await addToLaw(sql, LEGAL_RULES, id, aRule({ perDay: 3 }), 'test');
    const asked = changeLaw(sql, LEGAL_RULES, id, { ...change, source: 'hearsay', reviewedBy: null }, 'test');
    await expect(asked).rejects.toMatchObject({ code: 'law_refused', problems: [{ pointer: '#/reviewedBy' }] });
    expect(await legalRuleVersions(sql, id)).toHaveLength(1);
    expect(await changeLaw(sql, LEGAL_RULES, id, { ...change, ...GROUNDS }, 'test')).toHaveLength(2);
  });

  it('is compared with what counts today, not with a wider version that is still to come', async () => {
    const id = randomUUID();
    await addToLaw(sql, LEGAL_RULES, id, aRule({ perDay: 2 }), 'test');
    await changeLaw(sql, LEGAL_RULES, id, { perDay: 9, effectiveFrom: '2030-01-01', ...GROUNDS }, 'test');
    const again = { perDay: 9, source: 'hearsay', reviewedBy: null };
    await expect(changeLaw(sql, LEGAL_RULES, id, again, 'test')).rejects.toMatchObject({ code: 'law_refused' });
    expect(await changeLaw(sql, LEGAL_RULES, id, { ...again, effectiveFrom: '2030-06-01' }, 'test')).toHaveLength(3);
  });

  it('has no last day before its first, whichever that is', async () => {
    const ended = addToLaw(sql, LEGAL_RULES, randomUUID(), aRule({ effectiveTo: '2027-02-28' }), 'test');
    await expect(ended).rejects.toMatchObject({ code: 'law_refused', problems: [{ pointer: '#/effectiveTo' }] });
  });

  it('never loosens the federal rule, whoever has reviewed it (C1)', async () => {
    const [federal] = await sql<{ id: string }[]>`
      select id from legal_rule where state is null and country = 'US' and source like '47 CFR%'`;
    const id = federal?.id ?? '';
    for (const change of [{ channels: ['voice' as const] }, { retired: true }, { effectiveTo: '2027-12-31' }])
      await expect(changeLaw(sql, LEGAL_RULES, id, { ...change, ...GROUNDS }, 'test')).rejects.toMatchObject({
        code: 'law_refused',
      });
    const narrower = { hours: [{ weekdays: EVERY_DAY, slots: [{ open: '09:00', close: '21:00' }] }] };
    expect(await changeLaw(sql, LEGAL_RULES, id, { ...narrower, ...GROUNDS }, 'test')).toHaveLength(2);
  });

  it('is refused from a version that is not the newest any more', async () => {
    const id = await ruleOf('KY');
    const asked = changeLaw(sql, LEGAL_RULES, id, { perDay: 2, revision: 7, ...GROUNDS }, 'test');
    await expect(asked).rejects.toMatchObject({ code: 'revision_conflict' });
    await expect(changeLaw(sql, LEGAL_RULES, randomUUID(), GROUNDS, 'test')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
