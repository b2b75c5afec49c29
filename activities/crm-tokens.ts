import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from '../db/client';
import { unseal } from '../db/connection-seal';
import { claimRenewal, leaveRenewal, readToken, storeToken, type TokenPlace } from '../db/connection-token';
import type { FreshToken, TokenStore } from './providers/http-crm-auth';
import { CrmError } from './providers/provider';

const LOOK_AGAIN_MS = 150;
const PATIENCE_MS = 12_000;

/** The token that all workers use. Of those who find it gone one renews it, for a refresh token may be good only once; the others wait. */
export function crmTokens(sql: Sql, place: TokenPlace): TokenStore {
  return {
    async use(refused, fetch) {
      const endMs = Date.now() + PATIENCE_MS;
      const good = async () => {
        const token = await readToken(sql, place);
        return token === refused ? null : token;
      };
      do {
        const token = await good();
        if (token !== null) return token;
        const sealed = await claimRenewal(sql, place);
        if (sealed !== null) return renew(sql, place, { good, fetch, sealed });
        await delay(LOOK_AGAIN_MS);
      } while (Date.now() < endMs);
      throw new CrmError('unreachable', false, null);
    },
  };
}

interface Renewal {
  readonly good: () => Promise<string | null>;
  readonly fetch: (credentials: unknown) => Promise<FreshToken>;
  /** The credentials as they are now, encrypted. */
  readonly sealed: string;
}

/** Whoever had the renewal before may have ended it since we looked. */
async function renew(sql: Sql, place: TokenPlace, { good, fetch, sealed }: Renewal): Promise<string> {
  try {
    const token = await good();
    if (token === null) {
      const credentials: unknown = JSON.parse(unseal(place.secretKey, 'credentials', place.connectionId, sealed));
      const { access, expiresInSeconds, refresh } = await fetch(credentials);
      const next = refresh === null ? null : { ...Object(credentials), refreshToken: refresh };
      await storeToken(sql, place, { access, expiresInSeconds, sealed, credentials: next });
      return access;
    }
    await leaveRenewal(sql, place);
    return token;
  } catch (error) {
    await leaveRenewal(sql, place);
    throw error;
  }
}
