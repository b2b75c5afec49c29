import type { Tx } from './client';

export interface ChangeEntry {
  readonly entity: 'settings' | 'campaign' | 'list' | 'contact' | 'api_key' | 'execution';
  readonly entityId: string;
  readonly change: string;
  /** Names of fields and numbers, never a person's values. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly actor: string;
}

/** Appends who changed what; in the transaction of the change, after its locks. */
export async function recordChange(tx: Tx, { entity, entityId, change, data, actor }: ChangeEntry): Promise<void> {
  await tx`
    insert into change_log (at, actor, entity, entity_id, change, data)
    values (app_now(), ${actor}, ${entity}, ${entityId}, ${change}, ${JSON.stringify(data ?? {})}::text::jsonb)`;
}
