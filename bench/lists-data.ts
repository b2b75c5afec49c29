import type { Sql } from '../db/client';
import { inTransaction } from '../db/client';

/** A million people in three campaigns, as years of use leave them: common and rare names, tags, ends and reasons. */

export interface ListData {
  /** Nine tenths of all people. */
  readonly large: string;
  readonly small: string;
  readonly list: string;
  readonly smallList: string;
}

/** Of each hundred people, so many have a name that one in twenty has; the others' names are spread over thousands. */
export async function makePeople(sql: Sql, people: number): Promise<void> {
  await inTransaction(sql, async (tx) => {
    // Rows are whole as they are written: neither triggers nor references have to look.
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into contact (external_id, first_name, last_name, places, tags, actor)
      select 'P-' || n,
        case when n % 20 = 0 then 'Maria' else initcap(substr(md5('first' || n % 5000), 1, 6)) end,
        case when n % 500 = 7 then 'Smith' else initcap(substr(md5('last' || n % 50000), 1, 8)) end,
        '{"zones": ["America/New_York"], "states": [], "known": true, "sources": []}',
        case when n % 3 = 0 then array['spring'] when n % 10000 = 1 then array['rare'] else '{}' end, 'bench'
      from generate_series(1, ${people}::int) n`;
    await tx`insert into address (hash, kind, value) select md5(id::text), 'email', md5(id::text) || '@example.com' from contact`;
    await tx`insert into contact_address (contact_id, hash, position) select id, md5(id::text), 0 from contact`;
    await tx`insert into cases (contact_id, external_id, case_type) select id, 'C-' || external_id, 'injury' from contact`;
  });
}

export async function makeCampaigns(sql: Sql): Promise<ListData> {
  const list = await makeList(sql, 'Everybody', 1);
  const smallList = await makeList(sql, 'Few', 2_000);
  const large = await makeCampaign(sql, list, 'Large');
  const small = await makeCampaign(sql, smallList, 'Small');
  await enroll(sql, large, list);
  await enroll(sql, small, smallList);
  await tally(sql, large);
  // As the sweep leaves it that counts: it took too long to be done anew for a reader.
  await sql`
    insert into campaign_stats (campaign_id, counts, counted_at, took_ms, timeline_id)
    values (${large}, '{"reached": 0}', app_now(), 1000, 0)`;
  await sql`vacuum analyze`;
  return { large, small, list, smallList };
}

async function makeList(sql: Sql, name: string, every: number): Promise<string> {
  const [list] = await sql<
    { id: string }[]
  >`insert into list (name, case_type, actor) values (${name}, 'injury', 'bench') returning id`;
  const id = list?.id ?? '';
  await sql`
    insert into list_member (list_id, case_id)
    select ${id}, k.id from cases k join contact p on p.id = k.contact_id
    where substr(p.external_id, 3)::int % ${every} = 0`;
  return id;
}

async function makeCampaign(sql: Sql, listId: string, name: string): Promise<string> {
  const definition = {
    name,
    listId,
    subject: 'general',
    description: '',
    plan: { runs: [], formId: null },
    policy: { rules: [] },
  };
  const [campaign] = await sql<{ id: string }[]>`
    insert into campaign (name, subject, list_id, definition, line_group_id, actor)
    select ${name}, 'general', ${listId}, ${JSON.stringify(definition)}::text::jsonb, id, 'bench' from line_group
    returning id`;
  return campaign?.id ?? '';
}

/** Half of them wait, a tenth of those for messages alone; the others have come to an end of some kind, few to a rare one. */
async function enroll(sql: Sql, campaignId: string, listId: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into enrollment (campaign_id, contact_id, cases, state, reason, enrolled_at, ended_at, due_at, calls_over, decision, wants_workflow, started_rt, stepped_rt)
      select ${campaignId}, contact_id, array[case_id], state,
        case when state = 'rejected' then 'no_usable_address'
          when state = 'ended' then case when r < 0.0005 then 'stopped_by_rule' when r < 0.52 then 'opted_out' else 'plan_through' end end,
        app_now(), case when state = 'ended' then app_now() end,
        case when state = 'open' then app_now() + random() * interval '30 days' end,
        state = 'open' and r > 0.95, '{"kind": "wait", "askAt": 1803920400000, "reasons": [{"code": "scheduled"}]}',
        state = 'open', app_now(), app_now()
      from (
        select k.contact_id, k.id as case_id, r.r, case when r.r < 0.45 then 'ended' when r.r < 0.5 then 'rejected' else 'open' end as state
        from list_member m join cases k on k.id = m.case_id
        cross join lateral (select random() as r, k.id) r
        where m.list_id = ${listId}
        order by md5(k.id::text)) drawn`;
  });
}

/** Ninety days of three runs and three channels, forty quarters of each day. */
async function tally(sql: Sql, campaignId: string): Promise<void> {
  await sql`
    insert into campaign_tally (campaign_id, at, run_key, channel, figure, count)
    select ${campaignId}, date_bin('15 minutes', now(), 'epoch') - day * interval '1 day' - quarter * interval '15 minutes',
      'run-' || run, channel, figure, 7
    from generate_series(0, 89) day, generate_series(0, 39) quarter, generate_series(1, 3) run,
      unnest(array['voice', 'sms', 'email']) channel,
      unnest(array['touches', 'answered', 'no_answer', 'voicemail', 'replies', 'first:contacted']) figure`;
}
