import { CrmMappingSchema } from '../../domain/crm-mapping';
import { databaseOfThisFile } from '../../test/database';
import { claimDue, seedOutreach, startOver, tell } from '../../test/seed';
import { recordAccepted } from '../attempt-result';
import { changeMapping } from '../crm-mapping';
import type { NewFact } from '../inbox';
import { adoptFacts } from './adopt';

const SID = 'CA00000000000000000000000000000001';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

/** A call is being placed: nobody knows its name yet. */
async function dialling() {
  const { enrollmentId } = await seedOutreach(sql, {
    policy: {
      rules: [
        { key: 'done', when: { trigger: 'call_outcome', outcome: 'converted' }, then: [{ kind: 'stop_campaign' }] },
        { key: 'asked', when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind: 'stop_messaging' }] },
      ],
    },
  });
  const { attemptId } = await claimDue(sql, enrollmentId);
  return { enrollmentId, attemptId };
}
const tellOf = (body: NewFact['body']) => tell(sql, { callSid: SID, body });
const CONVERTED = { kind: 'call_outcome', outcome: 'converted', by: 'agent', runRules: true } as const;

describe('what is told of a call that nobody knows', () => {
  it('waits until the call is known and counts from then on (R-1)', async () => {
    const { enrollmentId, attemptId } = await dialling();
    const { factId, enrollmentId: nobody } = await tellOf(CONVERTED);
    expect(nobody).toBeNull();
    expect(await adoptFacts(sql)).toBe(0);
    await recordAccepted(sql, attemptId, SID);
    const rounds = await Promise.all([adoptFacts(sql), adoptFacts(sql), adoptFacts(sql)]);
    expect(Math.max(...rounds)).toBe(1);
    const [fact] =
      await sql`select enrollment_id, attempt_id, folded_rt is not null as folded from fact where id = ${factId}`;
    expect(fact).toEqual({ enrollmentId, attemptId, folded: true });
    expect(await sql`select outcome from attempt where id = ${attemptId}`).toEqual([{ outcome: 'converted' }]);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'completed' } });
    expect(await sql`select rule_key from rule_firing`).toEqual([{ ruleKey: 'done' }]);
    expect(await adoptFacts(sql)).toBe(0);
  });

  it.each([
    ['signed_up', 'converted', 'call_outcome', ['done']],
    ['no_idea', 'untagged', 'outcome_unmapped', []],
  ])(
    'counts as the mapping of its campaign says, which could not be asked before: %s (S0-48, R-20)',
    async (named, outcome, kind, rules) => {
      await sql`delete from connection`;
      const [connection] = await sql<{ id: string }[]>`
      insert into connection (name, kind, from_environment, actor) values ('CRM', 'lawruler', true, 'test') returning id`;
      const mapping = CrmMappingSchema.parse({
        outcomes: [{ outcome: 'signed_up', label: 'Signed up', countsAs: 'converted' }],
      });
      await changeMapping(sql, connection?.id ?? '', { revision: 1, mapping }, 'test');
      const { attemptId } = await dialling();
      const { factId } = await tellOf({ kind: 'outcome_unmapped', named, runRules: true, summary: 'Glad.' });
      await recordAccepted(sql, attemptId, SID);
      await adoptFacts(sql);
      expect(await sql`select outcome from attempt where id = ${attemptId}`).toEqual([{ outcome }]);
      expect(
        await sql`select kind, body ->> 'named' as named, body ->> 'summary' as summary from fact where id = ${factId}`,
      ).toEqual([{ kind, named, summary: 'Glad.' }]);
      await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'completed' } });
      expect((await sql`select rule_key from rule_firing`).map(({ ruleKey }) => ruleKey)).toEqual(rules);
    },
  );

  it('spoils the number if it was a wrong one', async () => {
    const { attemptId } = await dialling();
    await tellOf({ kind: 'wrong_number' });
    await recordAccepted(sql, attemptId, SID);
    await adoptFacts(sql);
    expect(await sql`select unusable from contact_address`).toEqual([{ unusable: 'wrong_number' }]);
  });

  it('asks for a person once, however many told of it (S0-67)', async () => {
    const { attemptId, enrollmentId } = await dialling();
    await tellOf({ kind: 'handoff_requested' });
    await recordAccepted(sql, attemptId, SID);
    await tell(sql, { attemptId, body: { kind: 'handoff_requested' } });
    await adoptFacts(sql);
    expect(await sql`select rule_key from rule_firing where enrollment_id = ${enrollmentId}`).toEqual([
      { ruleKey: 'asked' },
    ]);
  });

  it('stays nobody’s where there is no such call', async () => {
    await dialling();
    await tellOf(CONVERTED);
    expect(await adoptFacts(sql)).toBe(0);
    expect(await sql`select 1 from fact where enrollment_id is null`).toHaveLength(1);
  });
});
