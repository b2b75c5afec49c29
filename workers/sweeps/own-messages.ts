import { type OwnMessageDeps, sendOwnMessage } from '../../activities/own-message';
import type { Sql } from '../../db/client';
import { expireOwnMessages } from '../../db/own-message-claim';
import type { Sweep } from './sweep';

/** Of the processes that send: what the team sends to itself leaves one by one. */
export function ownMessages(deps: OwnMessageDeps): Sweep {
  return { name: 'own-messages', everyMs: 1_000, round: () => sendOwnMessage(deps) };
}

/** Of the bulk workers: ends what nobody took, or answered for. */
export function expiredOwnMessages({ sql }: { readonly sql: Sql }): Sweep {
  return {
    name: 'own-messages-expired',
    everyMs: 5_000,
    async round() {
      await expireOwnMessages(sql);
      return false;
    },
  };
}
