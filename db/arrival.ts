import type { Arrival, Received } from './inbox';
import type { Db } from './client';

/** Writes down something that arrived and means nothing to us, such as an out-of-office note: kept, and no fact. */
export async function keepArrival(
  db: Db,
  { source, eventKey, raw }: Omit<Arrival, 'fact' | 'actor'>,
): Promise<Received> {
  const kept = await db`
    insert into inbox (source, event_key, raw, at, folded_rt)
    values (${source}, ${eventKey}, ${JSON.stringify(raw)}::text::jsonb, app_now(), clock_timestamp())
    on conflict (event_key) do nothing
    returning id`;
  return { factId: null, duplicate: kept.length === 0, enrollmentId: null, signal: null };
}

/** The fact that came of an arrival, for whoever tells the same a second time. */
export async function factOfArrival(db: Db, eventKey: string): Promise<string | null> {
  const [row] = await db<{ id: string }[]>`
    select f.id
    from fact f
    join inbox i on i.id = f.inbox_id
    where i.event_key = ${eventKey}`;
  return row?.id ?? null;
}
