import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { endOutreach, lockPerson } from './erasure-rows';
import { Refusal } from './refusal';

/** Erasing one contact: begun in one transaction, carried on by a sweep until everything is gone, and told by a certificate that names nobody. */

export const ERASURE_STEPS = ['outreach', 'calls', 'rows', 'provider', 'workflows'] as const;
export type ErasureStepKind = (typeof ERASURE_STEPS)[number];

export type Counts = Readonly<Record<string, number>>;

export interface ErasureStep {
  readonly kind: ErasureStepKind;
  readonly doneAt: Instant | null;
  readonly counts: Counts;
  /** A code: why it is not done yet. */
  readonly waitsFor: string | null;
}

export interface Erasure {
  readonly id: string;
  readonly contactId: string;
  readonly requestedAt: Instant;
  readonly actor: string;
  readonly finishedAt: Instant | null;
  readonly steps: readonly ErasureStep[];
}

/** A process that stands still must not hold the locks of a person for longer. */
export const ERASURE_TIMEOUTS = { transactionTimeoutMs: 30_000 };
const MOST_WAIT_SECONDS = 3_600;
/** A provider may tell of a call or text for so long. */
const LOOK_AGAIN_DAYS = 40;

/** From its commit on nobody reaches the person. Asked once more, it answers how far it has come. */
export async function beginErasure(sql: Sql, contactId: string, actor: string): Promise<Erasure> {
  return inTransaction(
    sql,
    async (tx) => {
      if (!(await lockPerson(tx, contactId))) throw new Refusal('not_found', `there is no contact ${contactId}`);
      const begun = await tx`
        insert into erasure (contact_id, requested_at, actor) values (${contactId}, app_now(), ${actor})
        on conflict do nothing returning 1`;
      if (begun.length > 0) {
        await tx`
          insert into erasure_step (contact_id, kind, position)
          select ${contactId}::uuid, kind, position from unnest(${[...ERASURE_STEPS]}::text[]) with ordinality as step (kind, position)`;
        await tx`update contact set erased_rt = clock_timestamp() where id = ${contactId}`;
        await tx`update contact_address set unusable = 'erased' where contact_id = ${contactId}`;
        await finishStep(tx, contactId, 'outreach', await endOutreach(tx, contactId, actor));
        await recordChange(tx, { entity: 'contact', entityId: contactId, change: 'erased', actor });
      }
      return getErasure(tx, contactId);
    },
    ERASURE_TIMEOUTS,
  );
}

export async function getErasure(db: Db, contactId: string): Promise<Erasure> {
  const [row] = await db<Erasure[]>`
    select e.id, e.contact_id, ms(e.requested_at) as requested_at, e.actor, ms(e.finished_at) as finished_at,
      (select json_agg(json_build_object(
          'kind', s.kind, 'doneAt', ms(s.done_at), 'counts', s.counts, 'waitsFor', s.waits_for) order by s.position)
        from erasure_step s where s.contact_id = e.contact_id) as steps
    from erasure e
    where e.contact_id = ${contactId}`;
  if (row === undefined) throw new Refusal('not_found', `nobody asked to erase the contact ${contactId}`);
  return row;
}

export interface DueStep {
  readonly contactId: string;
  readonly kind: ErasureStepKind;
}

/** The steps whose turn it is: `calls` and `rows` one after the other, then the others side by side. */
export async function dueSteps(sql: Sql, most: number): Promise<DueStep[]> {
  return sql<DueStep[]>`
    select s.contact_id, s.kind
    from erasure_step s
    where s.done_at is null and (s.not_before_rt is null or s.not_before_rt <= clock_timestamp())
      and not exists (
        select from erasure_step earlier
        where earlier.contact_id = s.contact_id and earlier.position < s.position and earlier.done_at is null
          and earlier.kind in ('outreach', 'calls', 'rows'))
    order by s.not_before_rt nulls first, s.contact_id, s.position
    limit ${most}`;
}

/** A step that is done once more, for late words, forgets nothing of what it did before. */
export async function finishStep(db: Db, contactId: string, kind: ErasureStepKind, counts: Counts): Promise<void> {
  await db`
    update erasure_step set done_at = app_now(), waits_for = null, not_before_rt = null,
      counts = (
        select coalesce(jsonb_object_agg(key, greatest(value::int, (counts ->> key)::int)), '{}')
        from jsonb_each_text(${JSON.stringify(counts)}::text::jsonb))
    where contact_id = ${contactId} and kind = ${kind} and done_at is null`;
  await db`
    update erasure set finished_at = app_now()
    where contact_id = ${contactId} and finished_at is null
      and not exists (select from erasure_step where contact_id = ${contactId} and done_at is null)`;
}

/** It is tried again: soon where something only has to come to its end, later each time where somebody refused. */
export async function postponeStep(
  db: Db,
  { contactId, kind }: DueStep,
  { waitsFor, isFailure }: { readonly waitsFor: string; readonly isFailure: boolean },
): Promise<void> {
  await db`
    update erasure_step set waits_for = ${waitsFor}, tries = tries + ${isFailure ? 1 : 0},
      not_before_rt = clock_timestamp() + make_interval(secs => ${
        isFailure ? db`least(${MOST_WAIT_SECONDS}, 2 * power(2, least(tries, 15)))` : 2
      })
    where contact_id = ${contactId} and kind = ${kind} and done_at is null`;
}

/** Late words of a provider bring back what was erased: whoever is told of once more is looked through once more. */
export async function reopenErasures(sql: Sql): Promise<number> {
  const reopened = await sql<{ contactId: string }[]>`
    with told as (
      select e.contact_id from erasure e
      where e.finished_at is not null and e.requested_rt > clock_timestamp() - make_interval(days => ${LOOK_AGAIN_DAYS})
        and exists (
          select from enrollment n join fact f on f.enrollment_id = n.id
          where n.contact_id = e.contact_id and f.rt > e.looked_rt)
      for no key update of e skip locked
    ), noted as (
      update erasure set looked_rt = clock_timestamp(), finished_at = null where contact_id in (select contact_id from told)
    )
    update erasure_step set done_at = null
    where contact_id in (select contact_id from told) and kind in ('rows', 'provider', 'workflows')
    returning contact_id`;
  return reopened.length;
}
