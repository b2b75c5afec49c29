import { firstTally, type Stage, stagesOf, talliesOf, type Tally, type TallyEntry } from '../domain/tally';
import { type Db, inTransaction, type Sql, type Tx } from './client';

/** Keeps the figures of all campaigns: every entry of the timeline is read once, by one process at a time. */

const PAGE = 2_000;

/** Counts one page of what has happened since; answers whether there is more. */
export async function tallyPage(sql: Sql): Promise<boolean> {
  // A statement of its own: what it found to be settled is only seen by the ones that follow.
  const settledId = await settledTimelineId(sql);
  return inTransaction(sql, async (tx) => {
    const [cursor] = await tx<{ timelineId: number }[]>`select timeline_id from tally_cursor for update`;
    if (cursor === undefined) throw new Error('there is no cursor to count from');
    const entries = await entriesAfter(tx, cursor.timelineId, settledId);
    await add(tx, entries);
    const last = entries.length < PAGE ? Math.max(settledId, cursor.timelineId) : entries.at(-1)?.id;
    await tx`update tally_cursor set timeline_id = ${last ?? settledId}, counted_at = app_now()`;
    return entries.length === PAGE;
  });
}

/** The last entry of the timeline before which no other can appear any more. */
export async function settledTimelineId(db: Db): Promise<number> {
  const [row] = await db<{ id: number }[]>`select settled_timeline_id() as id`;
  return row?.id ?? 0;
}

interface Entry extends TallyEntry {
  readonly id: number;
  readonly campaignId: string;
}

async function entriesAfter(tx: Tx, after: number, through: number): Promise<Entry[]> {
  return tx<Entry[]>`
    select t.id, t.campaign_id, t.enrollment_id, t.kind, t.data, ms(t.at) as at, before.outcome as earlier_outcome,
      case when a.id is not null then json_build_object(
        'channel', a.channel, 'runKey', a.run_key, 'claimedAt', ms(a.claimed_at), 'disposition', a.disposition) end as attempt
    from timeline t
    left join attempt a on a.id = t.attempt_id
    left join lateral (
      select p.data ->> 'outcome' as outcome from timeline p
      where t.kind = 'call_analyzed' and p.kind = 'call_analyzed' and p.enrollment_id = t.enrollment_id
        and p.attempt_id = t.attempt_id and p.id < t.id
      order by p.id desc limit 1) before on true
    where t.id > ${after} and t.id <= ${through} and t.campaign_id is not null
    order by t.id
    limit ${PAGE}`;
}

async function add(tx: Tx, entries: readonly Entry[]): Promise<void> {
  const cells = new Cells();
  for (const entry of entries) for (const tally of talliesOf(entry)) cells.add(entry.campaignId, tally);
  for (const { entry, stage } of await firsts(tx, entries)) cells.add(entry.campaignId, firstTally(entry, stage));
  const rows = cells.all();
  await tx`
    insert into campaign_tally as c (campaign_id, at, run_key, channel, figure, count)
    select campaign_id, at_ms(at), run_key, channel, figure, count
    from unnest(${rows.map(({ campaignId }) => campaignId)}::uuid[], ${rows.map(({ at }) => at)}::float8[],
      ${rows.map(({ runKey }) => runKey)}::text[], ${rows.map(({ channel }) => channel)}::text[],
      ${rows.map(({ figure }) => figure)}::text[], ${rows.map(({ count }) => count)}::int[])
      as n (campaign_id, at, run_key, channel, figure, count)
    on conflict (campaign_id, at, run_key, channel, figure) do update set count = c.count + excluded.count`;
}

interface First {
  readonly entry: Entry;
  readonly stage: Stage;
}

/** Which entries bring their contact to a stage for the first time; remembered from then on. */
async function firsts(tx: Tx, entries: readonly Entry[]): Promise<First[]> {
  const staged = entries.flatMap((entry) => stagesOf(entry).map((stage) => ({ entry, stage })));
  const ids = [...new Set(staged.flatMap(({ entry }) => entry.enrollmentId ?? []))];
  const known = await tx<{ enrollmentId: string; stages: string[] }[]>`
    select enrollment_id, stages from enrollment_stage where enrollment_id = any (${ids}::uuid[])`;
  const stages = new Map(known.map((row) => [row.enrollmentId, new Set(row.stages)]));
  const found = staged.filter(({ entry: { enrollmentId }, stage }) => {
    if (enrollmentId === null) return false;
    const own = stages.get(enrollmentId) ?? new Set<string>();
    if (own.has(stage)) return false;
    stages.set(enrollmentId, own.add(stage));
    return true;
  });
  const changed = [...new Set(found.flatMap(({ entry }) => entry.enrollmentId ?? []))];
  await tx`
    insert into enrollment_stage (enrollment_id, stages)
    select id, string_to_array(stages, ' ')
    from unnest(${changed}::uuid[], ${changed.map((id) => [...(stages.get(id) ?? [])].join(' '))}::text[]) as n (id, stages)
    on conflict (enrollment_id) do update set stages = excluded.stages`;
  return found;
}

type Cell = Tally & { readonly campaignId: string };

/** Sums, for one statement must not change a row twice. */
class Cells {
  private readonly cells = new Map<string, Cell>();

  add(campaignId: string, tally: Tally): void {
    const { at, runKey, channel, figure } = tally;
    const key = JSON.stringify([campaignId, at, runKey, channel, figure]);
    const count = (this.cells.get(key)?.count ?? 0) + tally.count;
    this.cells.set(key, { ...tally, campaignId, count });
  }

  all(): Cell[] {
    return [...this.cells.values()];
  }
}
