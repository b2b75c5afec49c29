import { claim, type ClaimKeys } from '../db/claim';
import { recordAccepted, recordNotSent, recordUnknown } from '../db/attempt-result';
import type { Sql } from '../db/client';
import { attemptToken } from '../db/tokens';
import { callbackUrl } from '../domain/callback-url';
import type { TouchOrder, TouchResult, VoiceActivities } from './contract';
import type { SendResult, VoiceProvider } from './providers/provider';

export interface DialDeps {
  readonly sql: Sql;
  readonly voice: VoiceProvider;
  readonly keys: ClaimKeys;
}

/** Places one call: claims the attempt, asks the provider once, writes down the answer. Never asks twice. */
export function createDial({ sql, voice, keys }: DialDeps): VoiceActivities {
  return {
    async dial(order: TouchOrder): Promise<TouchResult> {
      const claimed = await claim(sql, order, keys);
      if (claimed.kind === 'refused') return { state: 'not_sent', reason: claimed.reason };
      if (claimed.kind === 'existing') return answerOf(claimed.state);
      const { content } = claimed;
      if (content.kind !== 'call')
        return settle(sql, order.attemptId, { kind: 'not_sent', reason: 'not_a_call', verdict: 'final' });
      const token = attemptToken(keys.secretKey, order.attemptId);
      const url = (path: string) => callbackUrl(keys.publicUrl, path, order.attemptId, token);
      const result = await voice.placeCall({
        attemptId: order.attemptId,
        from: claimed.from,
        to: claimed.to,
        answerUrl: url('/webhooks/twilio/voice/answer'),
        statusUrl: url('/webhooks/twilio/voice/status'),
        machineUrl: url('/webhooks/twilio/voice/machine'),
        ringSeconds: content.ringSeconds,
        leavesMessage: content.voicemail !== null,
        postByMs: claimed.postByMs,
      });
      return settle(sql, order.attemptId, result);
    },
  };
}

/** A claimed row may have been sent by whoever claimed it: only reconciliation may say more. */
export function answerOf(state: string): TouchResult {
  if (state === 'not_sent') return { state: 'not_sent', reason: 'refused_before' };
  return { state: state === 'accepted' || state === 'ended' ? 'accepted' : 'unknown' };
}

/** Writes the provider's answer and says it to the workflow. */
export async function settle(sql: Sql, attemptId: string, result: SendResult): Promise<TouchResult> {
  switch (result.kind) {
    case 'accepted':
      await recordAccepted(sql, attemptId, result.sid);
      return { state: 'accepted' };
    case 'not_sent':
      return { state: await recordNotSent(sql, attemptId, result), reason: result.reason };
    case 'unknown':
      await recordUnknown(sql, attemptId);
      return { state: 'unknown', reason: result.reason };
  }
}
