import type { Sql } from '../db/client';
import { hasOptedOut } from '../db/opted-out';
import { type AlertOutcome, type DueAlert, storeAlertOutcome } from '../db/sweeps/handoff-alerts';
import { addressHash } from '../db/tokens';
import { addressKindOf } from '../domain/channel';
import { alertWords } from '../domain/handoff-alert';
import { escapeHtml } from '../domain/template';
import type { MailProvider, SendResult, SmsProvider } from './providers/provider';

export interface AlertDeps {
  readonly sql: Sql;
  readonly sms: SmsProvider;
  readonly mail: MailProvider;
  readonly keys: { readonly publicUrl: string; readonly addressKey: string };
}

const POST_WITHIN_MS = 5_000;
const VALIDITY_SECONDS = 3_600;

/** Tells one of the team, once: it was claimed before. Who has said STOP to our number hears nothing of this either. */
export async function alertTeam(deps: AlertDeps, alert: DueAlert): Promise<void> {
  const { sql, keys } = deps;
  const hash = addressHash(keys.addressKey, addressKindOf(alert.channel), alert.to);
  const outcome: AlertOutcome = (await hasOptedOut(sql, alert.channel, hash))
    ? { kind: 'not_sent', code: 'opted_out', mayRetry: false }
    : outcomeOf(await send(deps, alert));
  await storeAlertOutcome(sql, alert, outcome);
}

async function send({ sms, mail, keys: { publicUrl } }: AlertDeps, alert: DueAlert): Promise<SendResult> {
  const { id, to, from, channel } = alert;
  if (from === null) return { kind: 'not_sent', reason: 'no_sender', verdict: 'configuration' };
  const { subject, text } = alertWords({ ...alert, link: `${publicUrl}/enrollments/${alert.enrollmentId}` });
  const postByMs = Date.now() + POST_WITHIN_MS;
  // No status is asked for: nobody waits for it.
  if (channel === 'sms')
    return sms.sendSms({ attemptId: id, from, to, text, statusUrl: null, validitySeconds: VALIDITY_SECONDS, postByMs });
  const html = `<p>${escapeHtml(text)}</p>`;
  const messageId = `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`;
  return mail.sendMail({
    attemptId: id,
    from,
    to,
    replyTo: from,
    subject,
    text,
    html,
    messageId,
    unsubscribeUrl: null,
    unsubscribeMail: null,
    postByMs,
  });
}

function outcomeOf(result: SendResult): AlertOutcome {
  if (result.kind === 'accepted') return { kind: 'sent' };
  if (result.kind === 'unknown') return { kind: 'unknown', code: result.reason };
  const mayRetry = result.verdict === 'retry' || result.verdict === 'configuration';
  return { kind: 'not_sent', code: result.reason, mayRetry };
}
