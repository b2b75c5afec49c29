import { claim, type ClaimKeys, type ClaimOutcome } from '../db/claim';
import type { Sql } from '../db/client';
import { attemptToken, unsubscribeToken } from '../db/tokens';
import { callbackUrl } from '../domain/callback-url';
import { replyAddress } from '../domain/reply-address';
import type { MessageActivities, TouchOrder, TouchResult } from './contract';
import { answerOf, settle } from './dial';
import { mailLayout } from './providers/mail-layout';
import type { MailProvider, SendResult, SmsProvider } from './providers/provider';

export interface DeliverDeps {
  readonly sql: Sql;
  readonly sms: SmsProvider;
  readonly mail: MailProvider;
  readonly keys: ClaimKeys;
}

const MOST_VALIDITY_SECONDS = 14_400;

/** Sends one SMS or mail: claims the attempt, asks the provider once, writes down the answer. */
export function createDeliver(deps: DeliverDeps): MessageActivities {
  return {
    async deliver(order: TouchOrder): Promise<TouchResult> {
      const claimed = await claim(deps.sql, order, deps.keys);
      if (claimed.kind === 'refused') return { state: 'not_sent', reason: claimed.reason };
      if (claimed.kind === 'existing') return answerOf(claimed.state);
      return settle(deps.sql, order.attemptId, await send(deps, order, claimed));
    },
  };
}

async function send(
  { sms, mail, keys }: DeliverDeps,
  order: TouchOrder,
  claimed: ClaimOutcome & { kind: 'claimed' },
): Promise<SendResult> {
  const { content, from, to, postByMs } = claimed;
  const { attemptId, enrollmentId } = order;
  const token = attemptToken(keys.secretKey, attemptId);
  switch (content.kind) {
    case 'sms':
      return sms.sendSms({
        attemptId,
        from,
        to,
        text: content.text,
        statusUrl: callbackUrl(keys.publicUrl, '/webhooks/twilio/sms/status', attemptId, token),
        validitySeconds: Math.max(1, Math.min(MOST_VALIDITY_SECONDS, Math.floor(claimed.untilMs / 1000))),
        postByMs,
      });
    case 'email': {
      const unsubscribeUrl = `${keys.publicUrl}/u/${unsubscribeToken(keys.secretKey, enrollmentId)}`;
      const replyTo = replyAddress(from, attemptId, token);
      const { text, html } = mailLayout({ ...content, unsubscribeUrl });
      return mail.sendMail({
        attemptId,
        from,
        fromName: content.companyName,
        to,
        replyTo,
        subject: content.subject,
        text,
        html,
        messageId: `<${attemptId}@${domainOf(from)}>`,
        unsubscribeUrl,
        unsubscribeMail: replyTo,
        postByMs,
      });
    }
    case 'call':
      return { kind: 'not_sent', reason: 'not_a_message', verdict: 'final' };
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
