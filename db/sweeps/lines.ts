import type { Sql } from '../client';

/** A call that ends frees its line in the same transaction; what is left bound for longer than this was leaked. */
const LEAKED_SECONDS = 30;

/**
 * Frees the lines, and the people, that are bound to an attempt which is over or was never written: by then nobody is left
 * who would. Attempts whose process died are brought to their end by reconciliation. Answers how many lines it freed.
 */
export async function freeLeakedLines(sql: Sql): Promise<number> {
  await sql`
    delete from open_call o
    using attempt t
    where t.id = o.attempt_id and t.state in ('ended', 'not_sent', 'unknown_final')`;
  const freed = await sql`
    update lease set freed_rt = clock_timestamp()
    where attempt_id in (
      select l.attempt_id from lease l
      where l.state = 'bound' and l.freed_rt is null
        and l.granted_rt < (select clock_timestamp()) - make_interval(secs => ${LEAKED_SECONDS})
        and not exists (select from attempt t where t.id = l.attempt_id and t.state in ('claimed', 'unknown', 'accepted'))
      for no key update skip locked)
    returning 1`;
  return freed.length;
}
