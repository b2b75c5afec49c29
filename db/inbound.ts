import type { Channel } from '../domain/channel';
import type { AnsweredBy } from '../domain/fact';
import type { Db } from './client';

/** To whom something that came in belongs. */

export interface InboundRoute {
  readonly enrollmentId: string | null;
  readonly contactId: string | null;
  readonly attemptId: string | null;
}

const NOBODY: InboundRoute = { enrollmentId: null, contactId: null, attemptId: null };
/** Who answers a message answers the last one that was sent to them. */
const ANSWERABLE_DAYS = 30;

/**
 * Who was erased is nobody: whoever writes anew is heard anew, and a STOP bars the address.
 * A message without an attempt's token: the enrollment of the newest accepted attempt between the two addresses,
 * else the person's newest open enrollment, else only the person, else nobody.
 */
export async function enrollmentOfInbound(
  db: Db,
  { fromHash, toHash }: { fromHash: string; toHash: string },
): Promise<InboundRoute> {
  const [answered] = await db<InboundRoute[]>`
    select t.enrollment_id, e.contact_id, t.id as attempt_id
    from attempt t join enrollment e on e.id = t.enrollment_id join contact p on p.id = e.contact_id and p.erased_rt is null
    where t.to_hash = ${fromHash} and t.from_hash = ${toHash} and t.state in ('accepted', 'ended', 'unknown', 'unknown_final')
      and t.claimed_at > app_now() - make_interval(days => ${ANSWERABLE_DAYS})
    order by t.claimed_at desc, t.id limit 1`;
  if (answered !== undefined) return answered;
  const [person] = await db<InboundRoute[]>`
    select e.id as enrollment_id, ca.contact_id, null::uuid as attempt_id
    from contact_address ca
    left join enrollment e on e.contact_id = ca.contact_id and e.state = 'open'
    where ca.hash = ${fromHash} and ca.unusable is distinct from 'erased'
    order by e.seq desc nulls last, ca.contact_id limit 1`;
  return person ?? NOBODY;
}

/** What a webhook of a live call needs: whom it is about and which words were prepared at the claim. */
export interface AttemptRoute {
  readonly attemptId: string;
  readonly enrollmentId: string;
  readonly contactId: string;
  readonly channel: Channel;
  readonly providerSid: string | null;
  /** The provider has it, under a name that we know. */
  readonly isAccepted: boolean;
  readonly greeting: string;
  readonly voicemailText: string | null;
  readonly language: string;
  readonly answeredBy: AnsweredBy | null;
}

export async function attemptRoute(db: Db, attemptId: string): Promise<AttemptRoute | null> {
  const [row] = await db<AttemptRoute[]>`
    select t.id as attempt_id, t.enrollment_id, e.contact_id, t.channel, t.provider_sid, t.answered_by,
      t.state = 'accepted' and t.provider_sid is not null as is_accepted,
      coalesce(t.content ->> 'greeting', '') as greeting, t.content ->> 'voicemail' as voicemail_text,
      coalesce(t.content ->> 'language', 'en') as language
    from attempt t join enrollment e on e.id = t.enrollment_id
    where t.id = ${attemptId}`;
  return row ?? null;
}

/** A mail of ours, for whoever tells what became of it. */
export interface SentMail {
  readonly attemptId: string;
  readonly enrollmentId: string;
  readonly toHash: string;
}

export async function sentMail(db: Db, attemptId: string): Promise<SentMail | null> {
  const [row] = await db<SentMail[]>`
    select id as attempt_id, enrollment_id, to_hash from attempt where id = ${attemptId} and channel = 'email'`;
  return row ?? null;
}

export async function attemptOfSid(db: Db, sid: string): Promise<{ attemptId: string; enrollmentId: string } | null> {
  const [row] = await db<{ attemptId: string; enrollmentId: string }[]>`
    select id as attempt_id, enrollment_id from attempt where provider_sid = ${sid}`;
  return row ?? null;
}
