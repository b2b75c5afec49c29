import { connectionOf } from './campaign-connection';
import { inTransaction, type Sql, type Tx } from './client';

/**
 * What goes into the CRM without a rule: texts as notes (K-15), answers and attributes as fields (S1-108). A sweep orders it as
 * executions, so that nobody's text or call waits for it, and circuits and retries hold for it as for everything else.
 */

const PAGE = 100;
/** Nobody's transaction lives as long as that: whatever has a lower number by then is to be seen. */
const SETTLED_SECONDS = 30;

/** The places of effects that no action of a rule stands for. */
const NOTE_IX = -2;
const FIELDS_IX = -3;

interface Ordered {
  readonly enrollmentId: string;
}

interface Text extends Ordered {
  readonly id: number;
  /** The fact of a text that came in. */
  readonly factId: string | null;
}

/** Orders a note for each text, in or out, of campaigns that want them; answers how many texts it found. */
export async function orderTextNotes(sql: Sql): Promise<number> {
  return inTransaction(sql, async (tx) => {
    const { afterId } = await openCursor(tx, 'texts');
    const campaignIds = await campaignsWith(tx, tx`(v.policy #>> '{crm,mirrorTexts}') = 'true'`);
    const texts = campaignIds.length === 0 ? [] : await textsOf(tx, campaignIds, afterId);
    await lock(tx, texts);
    for (const text of texts) await orderNote(tx, text);
    await wake(tx, texts);
    if (texts.length < PAGE) await moveCursor(tx, 'texts', tx`select coalesce(max(id), 0) from message`);
    return texts.length;
  });
}

/** Orders the fields of campaigns that write some, for forms that were finished and calls that were tagged. */
export async function orderFields(sql: Sql): Promise<number> {
  return inTransaction(sql, async (tx) => {
    const { afterId } = await openCursor(tx, 'fields');
    const campaignIds = await campaignsWith(tx, tx`jsonb_array_length(coalesce(v.policy #> '{crm,fields}', '[]')) > 0`);
    const facts = campaignIds.length === 0 ? [] : await factsOf(tx, campaignIds, afterId);
    await lock(tx, facts);
    for (const { id, enrollmentId } of facts)
      await order(tx, { enrollmentId, factId: id, kind: 'crm_fields', ix: FIELDS_IX, payload: {} });
    await wake(tx, facts);
    if (facts.length < PAGE) await moveCursor(tx, 'fields', tx`select coalesce(max(seq), 0) from fact`);
    return facts.length;
  });
}

/** Texts that have no note yet; of somebody who was erased there is nothing left to tell. */
async function textsOf(tx: Tx, campaignIds: readonly string[], afterId: number): Promise<Text[]> {
  return tx<Text[]>`
    select m.id::float8 as id, n.enrollment_id, m.fact_id
    from message m
    join conversation n on n.id = m.conversation_id and n.channel = 'sms' and n.enrollment_id is not null
    join enrollment e on e.id = n.enrollment_id
    join contact p on p.id = e.contact_id and p.erased_rt is null
    where m.id > ${afterId} and e.campaign_id = any (${[...campaignIds]}::uuid[])
      and m.at >= (
        -- Since it was switched on; what was said before stays where it is.
        select min(on_since.created_at) from version on_since
        where on_since.campaign_id = e.campaign_id and on_since.number > coalesce((
          select max(off.number) from version off
          where off.campaign_id = e.campaign_id and coalesce(off.policy #>> '{crm,mirrorTexts}', 'false') <> 'true'), 0))
      and not exists (
        select from execution x where x.enrollment_id = n.enrollment_id and x.action_ix = ${NOTE_IX}
          and (x.payload ->> 'messageId')::bigint = m.id)
    order by m.id
    limit ${PAGE}`;
}

/** Finished forms and tagged calls of which nothing is written yet. */
async function factsOf(tx: Tx, campaignIds: readonly string[], afterId: number): Promise<(Ordered & { id: string })[]> {
  return tx<(Ordered & { id: string })[]>`
    select f.id, f.enrollment_id
    from fact f
    join enrollment e on e.id = f.enrollment_id
    join contact p on p.id = e.contact_id and p.erased_rt is null
    where f.seq > ${afterId} and e.campaign_id = any (${[...campaignIds]}::uuid[])
      and f.kind in ('form_completed', 'call_outcome') and f.folded_rt is not null and f.fold_error is null
      and not exists (select from execution x where x.fact_id = f.id and x.action_ix = ${FIELDS_IX})
    order by f.seq
    limit ${PAGE}`;
}

/** Campaigns that want something and have a CRM to get it; where none does, nothing else is looked at. */
async function campaignsWith(tx: Tx, wanted: ReturnType<Tx>): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select k.id from campaign k join version v on v.id = k.current_version_id
    where k.status not in ('draft', 'archived') and v.policy ? 'crm' and ${wanted} and ${connectionOf(tx)} is not null`;
  return rows.map(({ id }) => id);
}

/** In the order in which everybody locks them. */
async function lock(tx: Tx, rows: readonly Ordered[]): Promise<void> {
  await tx`select from enrollment where id = any (${idsOf(rows)}::uuid[]) order by id for no key update`;
}

async function orderNote(tx: Tx, { id, enrollmentId, factId }: Text): Promise<void> {
  const told = factId ?? (await factOfText(tx, id, enrollmentId));
  await order(tx, { enrollmentId, factId: told, kind: 'crm_note', ix: NOTE_IX, payload: { messageId: String(id) } });
}

/** A text that we have sent, as the fact that its note is about; it changes nothing, so nobody has to fold it. */
async function factOfText(tx: Tx, messageId: number, enrollmentId: string): Promise<string> {
  const body = JSON.stringify({ kind: 'text_sent' });
  const [row] = await tx<{ id: string }[]>`
    insert into fact (name, kind, enrollment_id, attempt_id, body, actor, at, folded_rt)
    select ${`text/${messageId}`}, 'text_sent', ${enrollmentId}, m.attempt_id, ${body}::text::jsonb, 'system', m.at, clock_timestamp()
    from message m where m.id = ${messageId}
    on conflict (name) do update set name = excluded.name
    returning id`;
  if (row === undefined) throw new Error('the fact of a text was not made');
  return row.id;
}

interface Order {
  readonly enrollmentId: string;
  readonly factId: string;
  readonly kind: 'crm_note' | 'crm_fields';
  readonly ix: number;
  readonly payload: Readonly<Record<string, string>>;
}

/** Once for each case; without a case its failure is to be seen, as with any action. */
async function order(tx: Tx, { enrollmentId, factId, kind, ix, payload }: Order): Promise<void> {
  await tx`
    insert into execution (fact_id, rule_key, action_ix, case_id, enrollment_id, kind, payload, state, at)
    select ${factId}, null, ${ix}, affected.case_id, e.id, ${kind}, ${JSON.stringify(payload)}::text::jsonb, 'pending', app_now()
    from enrollment e
    left join unnest(e.cases) affected (case_id) on true
    where e.id = ${enrollmentId}
    on conflict do nothing`;
}

/** An enrollment that has ended has no workflow any more: it counts as not started, so that one begins. */
async function wake(tx: Tx, rows: readonly Ordered[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    update enrollment set wants_workflow = true,
      started_rt = case when wants_workflow then started_rt end,
      stepped_rt = case when wants_workflow then stepped_rt end
    where id = any (${idsOf(rows)}::uuid[])`;
  await tx`insert into wake (enrollment_id, reason) select distinct unnest(${idsOf(rows)}::uuid[]), 'crm'`;
}

function idsOf(rows: readonly Ordered[]): string[] {
  return [...new Set(rows.map(({ enrollmentId }) => enrollmentId))];
}

async function openCursor(tx: Tx, name: 'texts' | 'fields'): Promise<{ readonly afterId: number }> {
  const [row] = await tx<{ afterId: number }[]>`
    select after_id::float8 as after_id from crm_cursor where name = ${name} for update`;
  if (row === undefined) throw new Error(`the cursor ${name} is missing; were all migrations applied?`);
  return row;
}

async function moveCursor(tx: Tx, name: 'texts' | 'fields', newest: ReturnType<Tx>): Promise<void> {
  await tx`
    update crm_cursor set after_id = seen_id, seen_id = (${newest}), seen_rt = clock_timestamp()
    where name = ${name} and seen_rt < clock_timestamp() - make_interval(secs => ${SETTLED_SECONDS})`;
}
