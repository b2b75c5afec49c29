import { randomUUID } from 'node:crypto';
import { type CampaignDefinition, CampaignDefinitionSchema } from '../domain/campaign-definition';
import { fromIso, HOUR_MS } from '../domain/instant';
import { databaseOfThisFile } from '../test/database';
import { publishEdit, type Edit } from '../test/publishing';
import {
  claimDue,
  enrollEverybody,
  fictionalPhone,
  MONDAY_NOON,
  NORA,
  ONE_CALL_RUN,
  orderOf,
  people,
  seedContact,
  seedList,
  seedOutreach,
  startOver,
  tell,
  TEST_KEYS,
  wake,
} from '../test/seed';
import { createAgent } from './agent';
import { getCampaign } from './campaign';
import { changeRules, pauseCampaign, resumeCampaign } from './campaign-life';
import { claim } from './claim';
import { inTransaction } from './client';
import { setClock } from './clock';
import { nextOf } from './explain';
import { optOutOfCaseType } from './opt-out';
import { publish } from './publish';
import { grantRound } from './sweeps/grant';
import { rowsBehindEpoch } from './sweeps/nudge';

/** Versions that are published while people are inside: requirements §4, on the database. */

const { sql } = databaseOfThisFile({ max: 16 });
beforeEach(() => startOver(sql));

const NOON = fromIso(MONDAY_NOON);
const callRun = (calls: object = {}, more: object = {}) => ({
  ...ONE_CALL_RUN,
  ...more,
  calls: { attempts: 3, greeting: 'Hello.', spacingMinutes: { default: 240 }, ...calls },
});
const spaced = (minutes: number) => callRun({ spacingMinutes: { default: minutes } });
const edit = (campaignId: string, change: Edit) => publishEdit(sql, campaignId, change);
const askAtOf = async (enrollmentId: string) => {
  const next = await nextOf(sql, enrollmentId);
  return next.kind === 'wait' ? (next.askAt - NOON) / HOUR_MS : next.kind;
};

/** One contact who was called at noon and waits four hours for the second call. */
async function waiting(count = 1) {
  const outreach = await seedOutreach(sql, { people: people(count), runs: [callRun()] });
  for (const id of outreach.enrollmentIds) {
    const { attemptId } = await claimDue(sql, id);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
    await wake(sql, id);
  }
  return outreach;
}

const refusalOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: { code: string; problems: { pointer: string }[] }) => [
      error.code,
      ...error.problems.map(({ pointer }) => pointer),
    ],
  );

describe('E-1, E-2: a wait that is made shorter or longer', () => {
  it.each([
    ['keep', 60, 4],
    ['keep', 300, 4],
    ['adopt', 60, 4],
    ['adopt', 300, 4],
    ['replan', 60, 1],
    ['replan', 300, 5],
  ])('%s: of %i minutes, asks in %i hours', async (inside, minutes, hours) => {
    const { enrollmentId, campaignId } = await waiting();
    await edit(campaignId, { runs: [spaced(minutes)], choices: { inside } });
    expect(await askAtOf(enrollmentId)).toBe(hours);
    // Whatever wakes it before changes nothing of that, and at its instant it is claimed.
    await wake(sql, enrollmentId);
    await setClock(sql, NOON + hours * HOUR_MS, 0);
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
  });

  it('re-plan wakes who must act earlier and nobody else; keep and adopt wake nobody', async () => {
    const { enrollmentIds, campaignId } = await waiting(3);
    await edit(campaignId, { runs: [spaced(60)], choices: { inside: 'adopt' } });
    expect(await rowsBehindEpoch(sql)).toEqual([]);
    await edit(campaignId, { runs: [spaced(300)], choices: { inside: 'replan' } });
    expect(await rowsBehindEpoch(sql)).toEqual([]);
    for (const id of enrollmentIds) expect(await askAtOf(id)).toBe(5);
    await edit(campaignId, { runs: [spaced(30)], choices: { inside: 'replan' } });
    expect((await rowsBehindEpoch(sql)).map(({ enrollmentId }) => enrollmentId).toSorted()).toEqual(
      enrollmentIds.toSorted(),
    );
  });
});

describe('keep', () => {
  it('holds through later changes of rules, until a version is adopted; newcomers live the new one', async () => {
    const { enrollmentId, campaignId, listId } = await waiting();
    const { version } = await edit(campaignId, { runs: [spaced(60)], choices: { inside: 'keep' } });
    expect(version).toBe(2);
    const rules = [{ key: 'r', when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind: 'stop_calls' }] }];
    const withRules = (definition: CampaignDefinition) =>
      CampaignDefinitionSchema.parse({ ...definition, policy: { ...definition.policy, rules } });
    await changeRules(sql, campaignId, { revision: 2, edit: withRules }, 'key:Ed');
    expect(await askAtOf(enrollmentId)).toBe(4);
    const { contactId } = await seedContact(sql, listId, { ...NORA, phones: [fictionalPhone(50)] });
    await sql`update campaign set enroll_scanned_rt = null`;
    await enrollEverybody(sql);
    const [newcomer] = await sql<{ id: string }[]>`select id from enrollment where contact_id = ${contactId}`;
    const { attemptId } = await claimDue(sql, newcomer?.id ?? '');
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
    expect(await askAtOf(newcomer?.id ?? '')).toBe(1);
    await edit(campaignId, { runs: [spaced(60)], choices: { inside: 'replan' } });
    expect(await askAtOf(enrollmentId)).toBe(1);
  });

  it('is refused where the edit binds everybody at once, and nothing is changed (E-3, E-5, E-12, E-14)', async () => {
    const { campaignId } = await waiting();
    const narrow = { policy: { concurrencyLimit: 3, closedOn: ['2027-03-03'] }, runs: [callRun({ attempts: 2 })] };
    expect(await refusalOf(edit(campaignId, { ...narrow, choices: { inside: 'keep' } }))).toEqual([
      'publish_refused',
      '#/definition/policy/concurrencyLimit',
      '#/definition/policy/closedOn',
      '#/definition/plan/runs/0/calls/attempts',
    ]);
    expect(await sql`select 1 from version`).toHaveLength(1);
    expect((await edit(campaignId, narrow)).version).toBe(2);
  });
});

describe('E-3: hours that are narrowed', () => {
  it('bind the claim at once, whatever was decided before', async () => {
    const { enrollmentId, campaignId } = await seedOutreach(sql);
    const asked = await orderOf(sql, enrollmentId);
    const evening = { hours: { mode: 'calling_times', slots: [{ open: '18:00', close: '20:00' }] } };
    await edit(campaignId, { runs: [{ ...ONE_CALL_RUN, ...evening }] });
    expect(await claim(sql, asked, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'wait' });
    expect(await askAtOf(enrollmentId)).toBe(6);
  });
});

describe('E-8, E-9: a step that is taken out', () => {
  const second = callRun({}, { key: 'second', startsOn: '2027-03-03' });

  it('is refused until somebody says where those go on who stand before it', async () => {
    const { enrollmentIds, campaignId } = await waiting(2);
    const removal = (choices: object) => edit(campaignId, { runs: [second], choices });
    expect(await refusalOf(removal({}))).toEqual(['publish_refused', '#/removed/week.call']);
    await removal({ inside: 'keep' });
    for (const id of enrollmentIds) expect(await askAtOf(id)).toBe(4);
  });

  it('E-8: "go on" leads to the next step that is left', async () => {
    const { enrollmentId, campaignId } = await waiting();
    await edit(campaignId, { runs: [second], choices: { removed: { 'week.call': 'go_on' } } });
    expect(await nextOf(sql, enrollmentId)).toMatchObject({
      kind: 'wait',
      touch: { key: 'second.call.1', version: 2 },
    });
  });

  it('E-9: "finish" ends who stood there with the reason, at once where they are planned anew', async () => {
    const { enrollmentId, campaignId } = await waiting();
    await edit(campaignId, { runs: [second], choices: { inside: 'replan', removed: { 'week.call': 'finish' } } });
    expect(await rowsBehindEpoch(sql)).toHaveLength(1);
    await wake(sql, enrollmentId);
    expect(await sql`select state, reason from enrollment`).toEqual([{ state: 'ended', reason: 'step_removed' }]);
  });
});

describe('E-10: other words', () => {
  it('are in touches not yet claimed, and each attempt shows its version', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(3) });
    const [first = '', second = '', kept = ''] = enrollmentIds;
    const reworded = (greeting: string) => ({ runs: [{ ...ONE_CALL_RUN, calls: { attempts: 1, greeting } }] });
    const greetingOf = async (id: string) => {
      const { outcome } = await claimDue(sql, id);
      const [row] = await sql<{ number: number }[]>`
        select v.number from attempt t join version v on v.id = t.version_id where t.enrollment_id = ${id}`;
      return [row?.number, outcome.kind === 'claimed' && outcome.content.kind === 'call' && outcome.content.greeting];
    };
    expect(await greetingOf(first)).toEqual([1, 'Hello Person 0.']);
    await edit(campaignId, reworded('Good day.'));
    expect(await greetingOf(second)).toEqual([2, 'Good day.']);
    await edit(campaignId, { ...reworded('Hi.'), choices: { inside: 'keep' } });
    expect(await greetingOf(kept)).toEqual([2, 'Good day.']);
  });
});

describe('E-12: rules', () => {
  const rulesThat = (kind: string) => [
    { key: 'handoff', when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind }] },
  ];

  it('judge the facts that arrive after the publish, each by one version, and none that were there before', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(2) });
    const [before = '', after = ''] = enrollmentIds;
    await tell(sql, { enrollmentId: before, body: { kind: 'handoff_requested' } });
    await edit(campaignId, { policy: { rules: rulesThat('stop_calls') } });
    await tell(sql, { enrollmentId: after, body: { kind: 'handoff_requested' } });
    const judged = await sql`
      select f.enrollment_id, v.number from rule_firing f join version v on v.id = f.version_id`;
    expect(judged).toEqual([{ enrollmentId: after, number: 2 }]);
  });
});

describe('E-13: another list', () => {
  it('brings in who is new, lets go who is not on it, and enrolls nobody twice', async () => {
    const { enrollmentIds, contacts, campaignId } = await seedOutreach(sql, { people: people(2) });
    const [stays = '', goes = ''] = enrollmentIds;
    for (const id of enrollmentIds) await orderOf(sql, id);
    const asked = await orderOf(sql, goes);
    const listId = await seedList(sql);
    const { contactId } = await seedContact(sql, listId, { ...NORA, phones: [fictionalPhone(50)] });
    await sql`insert into list_member (list_id, case_id) values (${listId}, ${contacts[0]?.caseIds[0] ?? ''})`;
    await edit(campaignId, { listId });
    await enrollEverybody(sql);
    expect(await claim(sql, asked, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'finish' });
    expect((await wake(sql, goes)).decision).toMatchObject({ kind: 'finish', reason: 'left_list' });
    expect((await wake(sql, stays)).decision.kind).toBe('touch');
    const members = await sql<{ contactId: string; reason: string | null }[]>`
      select contact_id, reason from enrollment order by seq`;
    expect(members.map(({ reason }) => reason)).toEqual([null, 'left_list', null]);
    expect(members[2]?.contactId).toBe(contactId);
  });

  it('of another case type brings the opt-outs of calls about that type with it (K-24)', async () => {
    const { enrollmentId, contacts, campaignId } = await seedOutreach(sql);
    const contactId = contacts[0]?.contactId ?? '';
    const listId = await seedList(sql);
    await sql`update list set case_type = 'crash' where id = ${listId}`;
    await sql`
      with made as (
        insert into cases (contact_id, external_id, case_type) values (${contactId}, 'CRASH-1', 'crash') returning id)
      insert into list_member (list_id, case_id) select ${listId}, id from made`;
    const reason = 'no calls about the crash';
    await optOutOfCaseType(sql, { id: randomUUID(), contactId, caseType: 'crash', reason }, 'test');
    const asked = await orderOf(sql, enrollmentId);
    await edit(campaignId, { listId });
    expect(await claim(sql, asked, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'finish' });
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'opted_out' });
  });
});

describe('E-14: limit and pace', () => {
  it('hold with the next line that is granted, and grants of the old limit become no call; live calls finish', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(6) });
    const [live = '', ...others] = enrollmentIds;
    const { attemptId } = await claimDue(sql, live);
    const orders = [];
    for (const id of others) orders.push(await orderOf(sql, id));
    await edit(campaignId, { policy: { concurrencyLimit: 2 } });
    const outcomes = await Promise.all(orders.map((order) => claim(sql, order, TEST_KEYS)));
    const open = await sql`select 1 from attempt where state = 'claimed'`;
    expect(open.length).toBeLessThanOrEqual(2);
    expect(outcomes.some((outcome) => outcome.kind === 'refused' && outcome.reason === 'queue')).toBe(true);
    expect(await sql`select 1 from attempt where id = ${attemptId} and state = 'claimed'`).toHaveLength(1);
    for (const id of others) await wake(sql, id);
    const [group] = await sql<{ id: string }[]>`select id from line_group`;
    await grantRound(sql, group?.id ?? '');
    const leases = await sql`select 1 from lease where freed_rt is null`;
    expect(leases).toHaveLength(2);
  });
});

describe('E-15: what can not be launched can not be published', () => {
  it('and the problem stands at its field', async () => {
    const { campaignId } = await waiting();
    await sql`update cases set case_type = 'other'`;
    await sql`update settings set mail_from = ''`;
    const mail = { key: 'mail', channel: 'email', when: { kind: 'after_start' }, subject: 'Hi', text: 'Hi.' };
    const refused = await refusalOf(edit(campaignId, { runs: [{ ...callRun(), messages: [mail] }] }));
    expect(refused).toEqual([
      'publish_refused',
      '#/definition/listId',
      '#/definition/plan/runs/0/messages/0',
      '#/definition/plan/runs/0/messages/0',
    ]);
  });
});

describe('E-15: an agent that is being deleted while a version with it is published', () => {
  it('is waited for, and no campaign lives without the agent that it names', async () => {
    const { campaignId } = await waiting();
    const { definition, revision } = await getCampaign(sql, campaignId);
    const agent = await createAgent(
      sql,
      randomUUID(),
      { name: 'Leaving', formId: null, voice: '', greeting: '', transferNumber: '' },
      'test',
    );
    const choices = { inside: 'adopt' as const, removed: {}, sendBack: [] };
    const content = { definition: { ...definition, plan: { ...definition.plan, agentId: agent.id } } };
    let published: Promise<unknown> = Promise.resolve();
    await inTransaction(sql, async (tx) => {
      await tx`delete from agent where id = ${agent.id}`;
      published = refusalOf(publish(sql, campaignId, { revision, content, choices }, 'key:Ed'));
      // It ends before this does, or waits for it.
      await Promise.race([published, waitedFor()]);
    });
    expect(await published).toEqual(['publish_refused', '#/definition/plan/agentId']);
  });

  async function waitedFor(): Promise<void> {
    for (;;) {
      const waiters =
        await sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%from agent%'`;
      if (waiters.length > 0) return;
    }
  }
});

describe('E-17: pause, edit, resume', () => {
  it.each([
    ['keep', 4],
    ['adopt', 1],
    ['replan', 1],
  ])('%s: nobody leaves; at the resume the wait is of %i hours', async (inside, hours) => {
    const { enrollmentId, campaignId } = await waiting();
    await pauseCampaign(sql, campaignId, 'operator');
    await edit(campaignId, { runs: [spaced(60)], choices: { inside } });
    expect(await askAtOf(enrollmentId)).toBe('hold');
    await resumeCampaign(sql, campaignId, 'operator');
    expect(await askAtOf(enrollmentId)).toBe(hours);
  });
});

describe('E-18: back to an earlier version', () => {
  it('is a version of its own, and repeats no touch', async () => {
    const { enrollmentId, campaignId } = await waiting();
    await edit(campaignId, { runs: [spaced(60)], choices: { inside: 'replan' } });
    const choices = { inside: 'replan' as const, removed: {}, sendBack: [] };
    const back = (backTo: number) => publish(sql, campaignId, { revision: 2, content: { backTo }, choices }, 'key:Ed');
    expect(await refusalOf(back(7))).toEqual(['unknown_reference', '#/backTo']);
    expect(await back(1)).toMatchObject({ version: 3, revision: 3 });
    expect(await nextOf(sql, enrollmentId)).toMatchObject({
      askAt: NOON + 4 * HOUR_MS,
      touch: { key: 'week.call.2', version: 3 },
    });
  });
});

describe('E-19: two who publish at the same time', () => {
  it('the second is refused and shown the difference, and overwrites nothing', async () => {
    const { campaignId } = await waiting();
    const both = await Promise.allSettled([
      edit(campaignId, { runs: [spaced(60)], revision: 1 }),
      edit(campaignId, { runs: [spaced(60)], revision: 1 }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await refusalOf(edit(campaignId, { policy: { maxCallbacks: 1 }, revision: 1 }))).toEqual([
      'revision_conflict',
      '#/revision',
    ]);
    await edit(campaignId, { runs: [spaced(30)], revision: 2 });
    const shown = await edit(campaignId, { runs: [spaced(90)], revision: 2 }).catch((error: unknown) => error);
    expect(shown).toMatchObject({
      problems: [
        { pointer: '#/revision', value: 2 },
        { pointer: '#/definition/plan/runs/week/calls/spacingMinutes/default', value: 30 },
      ],
    });
    expect(await sql`select 1 from version`).toHaveLength(3);
  });
});

describe('E-20: opt-outs, stops, promises and history', () => {
  it.each(['keep', 'adopt', 'replan'])('are untouched by %s', async (inside) => {
    const { enrollmentIds, campaignId } = await waiting(3);
    const [out = '', stopped = '', promised = ''] = enrollmentIds;
    await tell(sql, {
      enrollmentId: out,
      body: { kind: 'opted_out', source: 'operator', channels: ['voice', 'sms', 'email'] },
    });
    await tell(sql, { enrollmentId: stopped, body: { kind: 'order', order: 'stop_calls' } });
    await tell(sql, { enrollmentId: promised, body: { kind: 'callback_requested', at: NOON + 2 * HOUR_MS } });
    const history = () => sql`select * from attempt order by id`;
    const before = await history();
    await edit(campaignId, { runs: [callRun({ attempts: 9, spacingMinutes: { default: 0 } })], choices: { inside } });
    expect(await history()).toEqual(before);
    expect(await nextOf(sql, out)).toMatchObject({ kind: 'finish', reason: 'opted_out' });
    expect(await nextOf(sql, stopped)).toMatchObject({ kind: 'finish', reason: 'plan_through' });
    expect(await nextOf(sql, promised)).toMatchObject({ kind: 'wait', askAt: NOON + 2 * HOUR_MS });
    expect(await sql`select 1 from commitment where state = 'open'`).toHaveLength(1);
  });
});
