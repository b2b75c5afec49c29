import type { Channel } from '../domain/channel';
import type { Tx } from './client';
import type { StoredFact } from './fold-state';
import type { NewFact } from './inbox';
import { storableText } from './storable';
import { recordTimeline } from './timeline';

interface Thread {
  readonly contactId: string | null;
  readonly enrollmentId: string | null;
  readonly channel: Channel;
  readonly fromHash: string;
  readonly toHash: string;
}

/** Finds or opens the conversation between one of our addresses (`fromHash`) and one of theirs (`toHash`). */
export async function openConversation(
  tx: Tx,
  { contactId, enrollmentId, channel, fromHash, toHash }: Thread,
): Promise<string> {
  const [row] = await tx<{ id: string }[]>`
    insert into conversation (contact_id, enrollment_id, channel, from_hash, to_hash, opened_at)
    values (${contactId}, ${enrollmentId}, ${channel}, ${fromHash}, ${toHash}, app_now())
    on conflict (enrollment_id, channel, from_hash, to_hash) do update set opened_at = conversation.opened_at
    returning id`;
  if (row === undefined) throw new Error('the conversation was not opened');
  return row.id;
}

/** What the person wrote, beside the fact that says so. */
export async function storeInboundMessage(tx: Tx, fact: StoredFact, arrived: NewFact): Promise<void> {
  if (fact.body.kind !== 'reply' || arrived.text === undefined) return;
  const conversationId = await openConversation(tx, {
    contactId: fact.contactId,
    enrollmentId: fact.enrollmentId,
    channel: fact.body.channel,
    fromHash: arrived.toHash ?? '',
    toHash: arrived.fromHash ?? '',
  });
  await tx`
    insert into message (conversation_id, direction, fact_id, provider_id, subject, body, at)
    values (${conversationId}, 'in', ${fact.id}, ${storable(fact.body.providerId)}, ${storable(arrived.subject)}, ${storable(arrived.text)}, app_now())`;
}

function storable(text: string | undefined): string | null {
  return text === undefined ? null : storableText(text);
}

interface Sent {
  enrollmentId: string;
  contactId: string;
  channel: Channel;
  fromHash: string;
  toHash: string;
  subject: string | null;
  text: string;
  now: number;
}

/** A message that the provider took stands in the conversation, whoever told us first: the answer to our request or a callback. */
export async function keepSentMessage(tx: Tx, attemptId: string): Promise<void> {
  const [sent] = await tx<Sent[]>`
    select a.enrollment_id, e.contact_id, a.channel, a.from_hash, a.to_hash, a.content ->> 'subject' as subject,
      coalesce(a.content ->> 'text', '') as text, ms(app_now()) as now
    from attempt a join enrollment e on e.id = a.enrollment_id
    where a.id = ${attemptId}`;
  if (sent === undefined) return;
  const conversationId = await openConversation(tx, sent);
  const kept = await tx`
    insert into message (conversation_id, direction, attempt_id, subject, body, at)
    values (${conversationId}, 'out', ${attemptId}, ${sent.subject}, ${sent.text}, at_ms(${sent.now}))
    on conflict (attempt_id) where attempt_id is not null and direction = 'out' do nothing
    returning 1`;
  if (kept.length === 0) return;
  const { enrollmentId, now } = sent;
  await recordTimeline(tx, { enrollmentId, kind: 'message_sent', attemptId, actor: 'system', at: now });
}
