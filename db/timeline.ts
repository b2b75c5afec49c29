import type { Db } from './client';

export interface TimelineEntry {
  readonly enrollmentId: string;
  readonly kind: string;
  readonly attemptId?: string | null;
  readonly factId?: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly actor: string;
  /** Epoch milliseconds of business time. */
  readonly at: number;
}

/** Appends to a contact's story. */
export async function recordTimeline(db: Db, entry: TimelineEntry): Promise<void> {
  await db`
    insert into timeline (campaign_id, enrollment_id, contact_id, kind, attempt_id, fact_id, data, actor, at)
    select campaign_id, id, contact_id, ${entry.kind}, ${entry.attemptId ?? null}, ${entry.factId ?? null},
      ${JSON.stringify(entry.data ?? {})}::text::jsonb, ${entry.actor}, at_ms(${entry.at})
    from enrollment where id = ${entry.enrollmentId}`;
}
