import type { Sql } from './client';

/** What one subject has asked for in the hour that runs now, in real time; the hours are the same for everybody. */
export interface Usage {
  readonly requests: number;
  /** Until the next hour begins, at least one. */
  readonly secondsLeft: number;
}

/** Counts one request more and answers how many there were, this one included: exactly one request gets each number. */
export async function countRequest(sql: Sql, subject: string): Promise<Usage> {
  const [row] = await sql<Usage[]>`
    insert into api_usage as u (subject, hour_rt, requests)
    values (${subject}, date_bin('1 hour', clock_timestamp(), 'epoch'), 1)
    on conflict (subject, hour_rt) do update set requests = u.requests + 1
    returning requests,
      greatest(1, ceil(extract(epoch from hour_rt + interval '1 hour' - clock_timestamp())))::int as seconds_left`;
  if (row === undefined) throw new Error('the request was not counted');
  // Whoever begins a row makes room for it, so the table holds no more than the last two hours.
  if (row.requests === 1) await sql`delete from api_usage where hour_rt < clock_timestamp() - interval '2 hours'`;
  return row;
}

/** Takes back one that should not have counted. */
export async function uncountRequest(sql: Sql, subject: string): Promise<void> {
  await sql`
    update api_usage set requests = requests - 1
    where subject = ${subject} and hour_rt = date_bin('1 hour', clock_timestamp(), 'epoch') and requests > 0`;
}
