import type { Channel } from '../domain/channel';
import type { Db } from './client';

/** What a webhook about an own message needs of it. */
export interface OwnMessageRoute {
  readonly id: string;
  readonly channel: Channel;
  readonly providerSid: string | null;
  readonly status: string | null;
  readonly greeting: string;
  readonly voicemailText: string | null;
  readonly language: string;
}

export async function ownMessageRoute(db: Db, id: string): Promise<OwnMessageRoute | null> {
  const [row] = await db<OwnMessageRoute[]>`
    select id, channel, provider_sid, status, coalesce(content ->> 'greeting', '') as greeting,
      content ->> 'voicemail' as voicemail_text, coalesce(content ->> 'language', 'en') as language
    from own_message where id = ${id}`;
  return row ?? null;
}

/** The provider's word on it, in any order and as often as it likes: after the last one none counts. */
export async function recordOwnStatus(
  db: Db,
  id: string,
  { status, sid, isLast }: { readonly status: string; readonly sid: string | null; readonly isLast: boolean },
): Promise<void> {
  await db`
    update own_message set status = ${status}, provider_sid = coalesce(provider_sid, ${sid}),
      state = ${isLast ? 'ended' : 'accepted'}, reason = null,
      finished_at = case when ${isLast} then app_now() end
    where id = ${id} and state <> 'ended'`;
}
