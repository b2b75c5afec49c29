import { inTransaction, type Sql } from './client';

export interface Turn {
  readonly attemptId: string;
  /** What the person said, as the provider heard it. */
  readonly said: string;
  readonly digits: string;
  readonly answer: string;
}

/** Appends a turn of a live call's dialogue; any process may answer the next one. Answers its number, from 1. */
export async function recordTurn(sql: Sql, { attemptId, said, digits, answer }: Turn): Promise<number> {
  return inTransaction(sql, async (tx) => {
    await tx`select 1 from attempt where id = ${attemptId} for key share`;
    await tx`select pg_advisory_xact_lock(3, hashtext(${attemptId}))`;
    const [row] = await tx<{ n: number }[]>`
      insert into call_turn (attempt_id, n, said, digits, answer, at)
      select ${attemptId}, coalesce(max(n), 0) + 1, ${said}, ${digits}, ${answer}, app_now()
      from call_turn where attempt_id = ${attemptId}
      returning n`;
    if (row === undefined) throw new Error(`the turn of attempt ${attemptId} was not stored`);
    return row.n;
  });
}
