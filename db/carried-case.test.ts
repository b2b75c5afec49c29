import { databaseOfThisFile } from '../test/database';
import { NORA, seedOutreach, startOver, tell } from '../test/seed';
import { balance } from './balance';
import { addContact } from './campaign-contact';
import { inTransaction } from './client';
import { storeEntry } from './contact-import';
import { storeCases } from './import-people';
import type { Taken } from './import-wave';
import { addMembers } from './list-members';
import { sweepListPage } from './sweeps/list-members';
import { drainWakes } from './sweeps/nudge';

const { sql } = databaseOfThisFile({ max: 4 });
beforeEach(() => startOver(sql));

const RULE = {
  key: 'asked',
  when: { trigger: 'handoff', outcome: 'requested' },
  then: [{ kind: 'crm_note', text: 'Asked for a person.' }],
};

/** Somebody in a campaign whose rule has fired once, with a second case of the list's type that stands on no list. */
async function withSecondCase() {
  const seeded = await seedOutreach(sql, { people: [NORA], policy: { rules: [RULE] } });
  const contactId = seeded.contacts[0]?.contactId ?? '';
  await sql`update contact set external_id = 'NORA' where id = ${contactId}`;
  const [second] = await sql<{ id: string }[]>`
    insert into cases (contact_id, external_id, case_type, status) values (${contactId}, 'SECOND', 'injury', 'second') returning id`;
  await ask(seeded.enrollmentId);
  return { ...seeded, contactId, caseId: second?.id ?? '' };
}

const ask = (enrollmentId: string) =>
  tell(sql, { enrollmentId, body: { kind: 'handoff_requested', reason: 'a person' } });

async function carried(): Promise<number> {
  await drainWakes(sql, async (rows) => rows);
  const [row] = await sql<{ cases: string[] }[]>`select cases from enrollment`;
  return row?.cases.length ?? 0;
}

async function orderedNotes(): Promise<number[]> {
  const rows = await sql<{ count: number }[]>`
    select count(*)::int as count from execution where kind = 'crm_note' group by fact_id order by min(seq)`;
  return rows.map(({ count }) => count);
}

const PERSON = {
  firstName: null,
  lastName: null,
  language: null,
  zone: null,
  state: null,
  country: null,
  postalCode: null,
  attributes: {},
  tags: [],
  consents: [],
};

describe('a case that comes onto the list of somebody who is in the campaign already (R-6)', () => {
  it.each([
    [
      'by hand or by a CRM',
      async (listId: string, caseId: string) =>
        void (await addMembers(sql, listId, { caseIds: [caseId], externalIds: [] }, 'test')),
    ],
    [
      'with a person who is named once more',
      async (listId: string) => {
        const contact = { ...PERSON, externalId: 'NORA', addresses: [] };
        const cases = [{ externalId: 'SECOND', title: null, status: null }];
        await storeEntry(sql, { id: listId, caseType: 'injury' }, { contact, cases }, 'test');
      },
    ],
    [
      'by its conditions',
      async (listId: string) => {
        const conditions = { groups: [{ conditions: [{ field: 'case_status', op: 'is', values: ['second'] }] }] };
        await sql`
          update list set kind = 'hybrid', conditions = ${JSON.stringify(conditions)}::text::jsonb where id = ${listId}`;
        await sweepListPage(sql);
      },
    ],
    [
      'by a file',
      async (listId: string) => {
        const [contact] = await sql<{ id: string }[]>`select id from contact`;
        const entry = {
          contact: { ...PERSON, externalId: 'NORA', addresses: [] },
          case: { externalId: 'SECOND', title: null, status: null },
        };
        const target = {
          importId: listId,
          list: { id: listId, caseType: 'injury' },
          policy: 'update',
          actor: 'test',
        } as const;
        const row = {
          row: 1,
          line: 2,
          entry,
          optOut: [],
          problems: [],
          cells: [],
          next: { rows: 1, line: 3, byte: 0 },
        };
        const match = {
          contactId: contact?.id ?? '',
          by: 'external_id',
          caseOf: contact?.id ?? '',
          caseType: 'injury',
          hidden: null,
          ownCaseType: null,
        } as const;
        const taken: Taken = {
          row,
          entry,
          match,
          status: 'updated',
          problem: null,
          contactId: match.contactId,
          places: null,
        };
        await inTransaction(sql, async (tx) => storeCases(tx, target, [taken]));
      },
    ],
  ])('%s takes part in what rules order from then on', async (_, list) => {
    const { listId, caseId, enrollmentId } = await withSecondCase();
    expect(await carried()).toBe(1);
    await list(listId, caseId);
    expect(await carried()).toBe(2);
    await ask(enrollmentId);
    expect(await orderedNotes()).toEqual([1, 2]);
    const joined = await sql`select entity_id, data from change_log where change = 'case_joined'`;
    expect(joined).toEqual([{ entityId: enrollmentId, data: { caseId } }]);
    expect((await balance(sql)).equations.find(({ name }) => name === 'executions')).toMatchObject({ ok: true });
  });

  it('and joins by hand alone, leaves the books of what was ordered before in order (U-13)', async () => {
    const { campaignId, contactId, enrollmentId, listId } = await withSecondCase();
    await sql`delete from list_member where list_id = ${listId}`;
    const place = { campaignId, contactId, caseId: null, actor: 'test', requestKey: 'again' };
    expect(await addContact(sql, place)).toMatchObject({ change: 'unchanged' });
    expect(await carried()).toBe(2);
    await ask(enrollmentId);
    expect(await orderedNotes()).toEqual([1, 2]);
    const executions = async () => (await balance(sql)).equations.find(({ name }) => name === 'executions');
    expect(await executions()).toMatchObject({ ok: true });
    await sql`update clock set anchor_at = anchor_at + interval '1 minute'`;
    await ask(enrollmentId);
    await sql`delete from execution where id = (select id from execution where kind = 'crm_note' order by seq desc limit 1)`;
    expect(await executions()).toMatchObject({ ok: false });
  });
});
