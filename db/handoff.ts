import { type Arrival, type Received, receive, receiveIn } from './inbox';
import { inTransaction, type Sql } from './client';

/**
 * A call asks for a person once, whoever tells it: the voice agent by its own fact, we by what was said into the phone.
 * What comes second is kept and fires nothing (S0-67).
 */
export async function receiveHandoff(sql: Sql, arrival: Arrival): Promise<Received> {
  const { attemptId, enrollmentId } = arrival.fact;
  if (attemptId === undefined || enrollmentId === undefined) return receive(sql, arrival);
  return inTransaction(sql, async (tx) => {
    await tx`select from enrollment where id = ${enrollmentId} for update`;
    const [earlier] = await tx<{ id: string }[]>`
      select id from fact where attempt_id = ${attemptId} and kind = 'handoff_requested' limit 1`;
    if (earlier === undefined) return receiveIn(tx, arrival);
    await tx`
      insert into inbox (source, event_key, raw, at, folded_rt)
      values (${arrival.source}, ${arrival.eventKey}, ${JSON.stringify(arrival.raw)}::text::jsonb, app_now(), clock_timestamp())
      on conflict (event_key) do nothing`;
    return { factId: earlier.id, duplicate: true, enrollmentId, signal: null };
  });
}
