import type { Db } from '../client';
import { type BalanceOptions, type Equation, equation } from './equation';

/** What arrives is folded in the transaction that writes it down; a crash may leave it to the next step, no longer than this. */
const UNFOLDED_SECONDS = 60;

export function inbox(sql: Db, { settled }: BalanceOptions): Promise<Equation> {
  return equation(
    sql,
    'inbox',
    'Everything that arrived was folded, or says why it could not be; nothing lies unfolded for more than 60 s.',
    sql`
      select id::text, true as on_left, handled as on_right,
        not handled and (${settled} or rt < clock_timestamp() - make_interval(secs => ${UNFOLDED_SECONDS})) as wrong
      from (select id, rt, folded_rt is not null or fold_error is not null as handled from inbox) arrived`,
  );
}

export function facts(sql: Db, { settled }: BalanceOptions): Promise<Equation> {
  return equation(
    sql,
    'facts',
    settled
      ? 'Every fact was folded, or says why not, and every fact that can change a plan was seen by a step.'
      : 'Every fact was folded, or says why not; none lies unfolded for more than 60 s, and unseen ones are still on their way.',
    sql`
      select id::text, true as on_left, handled and seen as on_right,
        (not handled and (${settled} or rt < clock_timestamp() - make_interval(secs => ${UNFOLDED_SECONDS})))
          or (not seen and ${settled}) as wrong
      from (
        select id, rt,
          folded_rt is not null or fold_error is not null as handled,
          not wakes or seen_rt is not null as seen
        from fact
      ) happened`,
  );
}
