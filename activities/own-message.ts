import type { Sql } from '../db/client';
import { claimOwnMessage, type ClaimedOwnMessage, recordOwnResult } from '../db/own-message-claim';
import { linksToNowhere } from '../db/template-preview';
import { ownMessageToken } from '../db/tokens';
import { callbackUrl } from '../domain/callback-url';
import { mailLayout } from './providers/mail-layout';
import type { MailProvider, SendResult, SmsProvider, VoiceProvider } from './providers/provider';

export interface OwnMessageDeps {
  readonly sql: Sql;
  readonly voice: VoiceProvider;
  readonly sms: SmsProvider;
  readonly mail: MailProvider;
  readonly keys: { readonly secretKey: string; readonly publicUrl: string };
}

/** A text that nobody could deliver by then is of no use to whoever waits for it. */
const VALIDITY_SECONDS = 600;

/**
 * Sends the oldest own message that waits, by the providers that carry everything else. It was claimed before: whatever
 * happens from there on, nobody sends it again. False = none waits.
 */
export async function sendOwnMessage(deps: OwnMessageDeps): Promise<boolean> {
  const claimed = await claimOwnMessage(deps.sql, deps.keys.secretKey);
  if (claimed === null) return false;
  if ('refused' in claimed) return true;
  const { id } = claimed;
  const result = await send(deps, claimed);
  await recordOwnResult(deps.sql, id, result);
  return true;
}

async function send({ voice, sms, mail, keys }: OwnMessageDeps, claimed: ClaimedOwnMessage): Promise<SendResult> {
  const { id: attemptId, content, from, to, postByMs } = claimed;
  const { publicUrl, secretKey } = keys;
  const hook = (path: string) =>
    callbackUrl(publicUrl, `/webhooks/twilio/own/${path}`, attemptId, ownMessageToken(secretKey, attemptId));
  switch (content.kind) {
    case 'sms': {
      const { text } = content;
      const statusUrl = hook('status');
      return sms.sendSms({ attemptId, from, to, text, statusUrl, validitySeconds: VALIDITY_SECONDS, postByMs });
    }
    case 'email': {
      const { unsubscribe: unsubscribeUrl } = linksToNowhere(publicUrl);
      return mail.sendMail({
        ...{ attemptId, from, fromName: content.companyName, to, replyTo: from, subject: content.subject },
        ...mailLayout({ ...content, unsubscribeUrl }),
        messageId: `<${attemptId}@${from.slice(from.lastIndexOf('@') + 1)}>`,
        ...{ unsubscribeUrl, unsubscribeMail: from, postByMs },
      });
    }
    case 'call':
      return voice.placeCall({
        ...{ attemptId, from, to, postByMs },
        answerUrl: hook('answer'),
        statusUrl: hook('status'),
        machineUrl: hook('status'),
        ringSeconds: content.ringSeconds,
        leavesMessage: content.voicemail !== null,
      });
  }
}
