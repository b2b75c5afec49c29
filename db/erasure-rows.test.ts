import { databaseOfThisFile } from '../test/database';
import { seedOutreach, startOver, tell } from '../test/seed';
import { inTransaction } from './client';
import { orderFields, orderTextNotes } from './crm-orders';
import { beginErasure } from './erasure';
import { retryExecution } from './execution-views';
import { anonymise } from './erasure-rows';

const { sql } = databaseOfThisFile({ max: 4 });
beforeEach(() => startOver(sql));

describe('erasing somebody (INV-16)', () => {
  it('takes away why a callback was not kept, and leaves that of others', async () => {
    const { enrollmentIds, contacts } = await seedOutreach(sql, {
      people: [
        { name: 'Nora', phones: ['+16465550100'], zone: 'America/New_York' },
        { name: 'Omar', phones: ['+16465550101'], zone: 'America/New_York' },
      ],
    });
    for (const enrollmentId of enrollmentIds)
      await tell(sql, { body: { kind: 'callback_requested', at: Date.parse('2027-03-02T17:00:00Z') }, enrollmentId });
    await sql`update commitment set state = 'broken', reason = 'marked: is in hospital', closed_at = app_now()`;
    await erase(contacts[0]?.contactId ?? '');
    const rows = await sql<{ reason: string | null }[]>`
      select reason from commitment order by array_position(${[...enrollmentIds]}::uuid[], enrollment_id)`;
    expect(rows.map(({ reason }) => reason)).toEqual([null, 'marked: is in hospital']);
  });

  it('takes away what a CRM told of them and was refused, which names their case alone', async () => {
    const { contacts } = await seedOutreach(sql);
    const [contact] = contacts;
    await sql`insert into connection (name, kind, from_environment, actor) values ('CRM', 'http', true, 'test')`;
    await sql`
      insert into crm_arrival (connection_id, case_external_id, body_hash, result, reason, at)
      select c.id, told.external_id, 'x', 'refused', 'the record names no case type', app_now()
      from connection c, (select external_id from cases where id = ${contact?.caseIds[0] ?? ''} union all select 'L-OTHER') told`;
    await erase(contact?.contactId ?? '');
    expect(await sql`select case_external_id from crm_arrival`).toEqual([{ caseExternalId: 'L-OTHER' }]);
    await sql`delete from crm_arrival`;
    await sql`delete from connection`;
  });

  it('leaves nothing to be written into a CRM, and begins no workflow anew for it (K-15, S1-108)', async () => {
    await sql`insert into connection (name, kind, from_environment, actor) values ('CRM', 'http', true, 'test')`;
    const fields = [{ from: 'attribute', key: 'colour', to: 'colour' }];
    const { enrollmentIds, contacts } = await seedOutreach(sql, {
      people: [
        { name: 'Nora', phones: ['+16465550100'], zone: 'America/New_York' },
        { name: 'Omar', phones: ['+16465550101'], zone: 'America/New_York' },
      ],
      policy: { crm: { mirrorTexts: true, fields } },
    });
    for (const [n, enrollmentId] of enrollmentIds.entries()) {
      await sql`
        with talk as (
          insert into conversation (contact_id, enrollment_id, channel, from_hash, to_hash, opened_at)
          values (${contacts[n]?.contactId ?? ''}, ${enrollmentId}, 'sms', 'ours', ${String(n)}, app_now()) returning id)
        insert into message (conversation_id, direction, body, at) select id, 'out', 'Hello.', app_now() from talk`;
      await tell(sql, { enrollmentId, body: { kind: 'form_completed', formId: 'intake', answers: {} } });
    }
    await erase(contacts[0]?.contactId ?? '');
    await orderTextNotes(sql);
    await orderFields(sql);
    const ordered = await sql`select kind, enrollment_id from execution where kind like 'crm%' order by kind`;
    expect(ordered).toEqual([
      { kind: 'crm_fields', enrollmentId: enrollmentIds[1] },
      { kind: 'crm_note', enrollmentId: enrollmentIds[1] },
    ]);
    expect(await sql`select 1 from enrollment where id = ${enrollmentIds[0] ?? ''} and wants_workflow`).toEqual([]);
    await sql`delete from execution`;
    await sql`delete from connection`;
  });

  it('leaves no action to be retried, why ever it had failed', async () => {
    const { enrollmentId, contacts } = await seedOutreach(sql);
    const { factId } = await tell(sql, { enrollmentId, body: { kind: 'handoff_requested', reason: 'a person' } });
    const [failed] = await sql<{ id: string }[]>`
      insert into execution (fact_id, rule_key, action_ix, enrollment_id, kind, payload, state, error_code, at, finished_at)
      values (${factId}, 'note', 0, ${enrollmentId}, 'crm_note', '{"text": "Hello."}', 'failed', 'outage', app_now(), app_now())
      returning id`;
    await erase(contacts[0]?.contactId ?? '');
    await expect(retryExecution(sql, failed?.id ?? '', 'test')).rejects.toMatchObject({ code: 'wrong_status' });
    expect(await sql`select 1 from enrollment where wants_workflow`).toEqual([]);
  });

  it('takes their values out of the tests that the team sends to itself, and sends none that waits (U-3)', async () => {
    const { contacts } = await seedOutreach(sql);
    const [contact] = contacts;
    await sql`
      insert into own_message (id, kind, channel, content, contact_id, deadline_rt, actor)
      select gen_random_uuid(), 'test', 'sms', '{"kind": "sms", "text": "Dear Nora"}', contact_id, clock_timestamp(), 'test'
      from unnest(array[${contact?.contactId ?? null}::uuid, null]) as whose (contact_id)`;
    expect(await erase(contact?.contactId ?? '')).toMatchObject({ tests: 1 });
    const rows = await sql<{ text: string | null; state: string; reason: string | null }[]>`
      select content ->> 'text' as text, state, reason from own_message order by contact_id nulls last`;
    expect(rows).toEqual([
      { text: null, state: 'not_sent', reason: 'erased' },
      { text: 'Dear Nora', state: 'queued', reason: null },
    ]);
  });
});

async function erase(contactId: string): Promise<Record<string, number>> {
  await beginErasure(sql, contactId, 'test');
  return inTransaction(sql, (tx) => anonymise(tx, contactId));
}
