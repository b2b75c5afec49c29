import type { Channel } from '../domain/channel';
import type { Db } from './client';

/** Has whoever has this address said that they want nothing of the kind? */
export async function hasOptedOut(db: Db, channel: Channel, hash: string): Promise<boolean> {
  const rows = await db`
    select 1 from suppression where hash = ${hash} and lifted_at is null and ${channel} = any (channels) limit 1`;
  return rows.length > 0;
}
