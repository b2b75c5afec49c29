import type { Tx } from './client';

export interface PaceAsk {
  readonly enrollmentId: string;
  /** Whom the pace belongs to: one per channel and sender. */
  readonly sender: string;
  /** Touch and try: a repeated step finds its own reservation and burns nothing. */
  readonly reservation: string;
  readonly perSecond: number;
}

/** Reserves the sender's next free instant for a message. Answers how many real milliseconds there are until then, 0 = now. */
export async function reservePace(tx: Tx, { enrollmentId, sender, reservation, perSecond }: PaceAsk): Promise<number> {
  const [own] = await tx<{ waitMs: number }[]>`
    select greatest(0, ceil(extract(epoch from reserved_rt - clock_timestamp()) * 1000))::int as wait_ms
    from enrollment where id = ${enrollmentId} and reserved_touch = ${reservation}`;
  if (own !== undefined) return own.waitMs;
  const [row] = await tx<{ waitMs: number }[]>`
    with pace as (
      insert into sender_pace as p (from_hash, tat_rt)
      values (${sender}, clock_timestamp() + make_interval(secs => ${1 / perSecond}))
      on conflict (from_hash) do update
        set tat_rt = greatest(p.tat_rt, clock_timestamp()) + make_interval(secs => ${1 / perSecond})
      returning tat_rt - make_interval(secs => ${1 / perSecond}) as free_rt
    )
    update enrollment set reserved_touch = ${reservation}, reserved_rt = pace.free_rt
    from pace where id = ${enrollmentId}
    returning greatest(0, ceil(extract(epoch from pace.free_rt - clock_timestamp()) * 1000))::int as wait_ms`;
  return row?.waitMs ?? 0;
}
