import { keepArrival } from '../db/arrival';
import { isEnrollmentInView } from '../db/case-scope';
import { hasAddress } from '../db/contact';
import type { DraftAddress } from '../db/contact-import';
import { attemptRoute, enrollmentOfInbound } from '../db/inbound';
import { type NewFact, type Received, receive } from '../db/inbox';
import { getSettings } from '../db/settings';
import { receiveFromStranger } from '../db/stranger';
import { DomainError } from '../domain/errors';
import { isAutoReply } from '../domain/auto-reply';
import { type Revocation, revocationOf } from '../domain/revocation';
import { readBounce } from '../domain/bounce';
import { mailAddress } from '../imports/address';
import { returnedMail, takeBounce } from './bounced-mail';
import type { ApiDeps } from './deps';
import type { FactInputOf } from './fact-body';
import { attemptOfReplyAddress } from './webhooks/reply-address';

type Mail = FactInputOf<'inbound_email'>;

interface Sender {
  readonly enrollmentId: string | null;
  readonly contactId: string | null;
  readonly attemptId: string | null;
  /** Our token and the person's own address: only then may a reply do more than stop outreach (T4). */
  readonly proven: boolean;
}

/** A mail that came in: one of ours that came back, a note of a program, which is kept and nothing more, or a reply. */
export async function takeMail(deps: ApiDeps, mail: Mail, actor: string): Promise<Received> {
  const { sql } = deps;
  const eventKey = `${mail.kind}:${mail.eventId}`;
  const arrival = { source: 'mail', eventKey, raw: mail, actor };
  const bounce = readBounce(mail);
  if (bounce !== null) return takeBounce(deps, arrival, bounce);
  if (isAutoReply(mail.headers)) return keepArrival(sql, arrival);
  const from = addressIn(deps, mail.from);
  const toHash = await ownHash(deps);
  const sender = await senderOf(deps, mail, from, toHash);
  const verdict = verdictOf(mail);
  const fact: NewFact = {
    body: {
      kind: 'reply',
      channel: 'email',
      verdict,
      ...(mail.messageId === undefined ? {} : { providerId: mail.messageId.slice(0, 255) }),
    },
    text: mail.text,
    subject: mail.subject,
    ...(from === null ? {} : { fromHash: from.hash }),
    toHash,
    ...aboutWhom(sender, verdict),
  };
  if (sender.contactId === null && from !== null) return receiveFromStranger(sql, { ...arrival, fact }, from);
  return receive(sql, { ...arrival, fact });
}

/** For a key that is limited to case types: an opt-out is taken from anybody, all else from those whom it may see. */
export async function isMailWithin(deps: ApiDeps, mail: Mail): Promise<boolean> {
  const bounce = readBounce(mail);
  if (bounce !== null) return isEnrollmentInView(deps.sql, (await returnedMail(deps, bounce))?.enrollmentId);
  if (verdictOf(mail) === 'revoke') return true;
  const { enrollmentId } = await senderOf(deps, mail, addressIn(deps, mail.from), await ownHash(deps));
  return isEnrollmentInView(deps.sql, enrollmentId);
}

/** A revocation is obeyed on weak evidence; anything else without proof waits for a person and fires nothing. */
function aboutWhom(
  { proven, enrollmentId, contactId, attemptId }: Sender,
  verdict: Revocation['verdict'],
): Partial<NewFact> {
  const contact = contactId === null ? {} : { contactId };
  if (enrollmentId === null || (!proven && verdict !== 'revoke')) return contact;
  return { ...contact, enrollmentId, ...(attemptId === null ? {} : { attemptId }) };
}

async function senderOf(
  { sql, config }: ApiDeps,
  mail: Mail,
  from: DraftAddress | null,
  toHash: string,
): Promise<Sender> {
  const attemptId = attemptOfReplyAddress(config.secretKey, bareAddress(mail.to));
  const attempt = attemptId === null ? null : await attemptRoute(sql, attemptId);
  if (attempt !== null) {
    const proven = from !== null && (await hasAddress(sql, attempt.contactId, from.hash));
    return { enrollmentId: attempt.enrollmentId, contactId: attempt.contactId, attemptId, proven };
  }
  if (from === null) return { enrollmentId: null, contactId: null, attemptId: null, proven: false };
  return { ...(await enrollmentOfInbound(sql, { fromHash: from.hash, toHash })), proven: false };
}

/** Null when nobody could write back to it, as with the empty sender of a bounce. */
function addressIn({ config }: ApiDeps, text: string): DraftAddress | null {
  try {
    return mailAddress(bareAddress(text), config.addressKey);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

async function ownHash({ sql, config }: ApiDeps): Promise<string> {
  const { mailFrom } = await getSettings(sql);
  return mailFrom === '' ? '' : mailAddress(mailFrom, config.addressKey).hash;
}

/** "Asha <asha@example.com>" → "asha@example.com". */
function bareAddress(text: string): string {
  return /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
}

function verdictOf({ text, subject }: Mail): Revocation['verdict'] {
  const { verdict } = revocationOf(text);
  return verdict === 'none' ? revocationOf(ownSubject(subject)).verdict : verdict;
}

/** The subject of an answer is ours; only one that the person wrote may say "unsubscribe". */
function ownSubject(subject: string): string {
  return /^\s*(re|fwd?|aw|wg|sv)\s*:/i.test(subject) ? '' : subject;
}
