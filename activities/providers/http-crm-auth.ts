import * as z from 'zod';
import {
  BasicCredentialsSchema,
  ClientCredentialsSchema,
  HeaderCredentialsSchema,
  type HttpCrmAuth,
  RefreshCredentialsSchema,
} from '../../domain/crm-connection';
import { type Ask, exchange, type Exchange } from './http-exchange';
import type { Reach } from './outside-address';
import { CrmError } from './provider';

/** An access token as its endpoint gave it. */
export interface FreshToken {
  readonly access: string;
  readonly expiresInSeconds: number;
  /** The next refresh token, where each is good for one use. */
  readonly refresh: string | null;
}

/** Where access tokens are kept, for all workers together. */
export interface TokenStore {
  /** The token in use; made by `fetch` if there is none, it has expired, or it is the one that was refused. */
  use(refused: string | null, fetch: (credentials: unknown) => Promise<FreshToken>): Promise<string>;
}

/** How requests are let in. */
export interface Admission {
  /** The header to send; `refused` is the one that the CRM has just turned down. */
  headers(refused: Headers | null): Promise<Headers>;
  /** Can another header be had when one was turned down? */
  readonly isRenewable: boolean;
}

type Headers = Readonly<Record<string, string>>;
type OAuth = HttpCrmAuth & { readonly kind: 'oauth2' };

const DEFAULT_LIFE_SECONDS = 3_600;
const TokenSchema = z.object({
  access_token: z
    .string()
    .min(1)
    .max(8_192)
    .regex(/^[\x21-\x7e]+$/),
  expires_in: z.coerce.number().min(0).max(7_776_000).catch(DEFAULT_LIFE_SECONDS),
  refresh_token: z.string().min(1).max(4_000).nullish(),
});

export interface AdmissionOptions {
  readonly auth: HttpCrmAuth;
  readonly credentials: unknown;
  readonly tokens: TokenStore;
  readonly reach: Reach;
  readonly timeoutMs: number;
}

export function admissionOf({ auth, credentials, tokens, reach, timeoutMs }: AdmissionOptions): Admission {
  if (auth.kind === 'header') {
    const { token } = fitting(HeaderCredentialsSchema, credentials);
    return fixed({ [auth.name]: `${auth.prefix}${token}` });
  }
  if (auth.kind === 'basic') {
    const { username, password } = fitting(BasicCredentialsSchema, credentials);
    return fixed({ authorization: basic(username, password) });
  }
  return {
    isRenewable: true,
    async headers(refused) {
      const stale = refused?.['authorization']?.slice('Bearer '.length) ?? null;
      const access = await tokens.use(stale, (latest) => fetchToken(auth, latest, reach, timeoutMs));
      return { authorization: `Bearer ${access}` };
    },
  };
}

/** Nothing of the effect has been asked for yet, so whatever fails here is sure to have done nothing. */
async function fetchToken(auth: OAuth, credentials: unknown, reach: Reach, timeoutMs: number): Promise<FreshToken> {
  const answer = await exchange(tokenRequest(auth, credentials), reach, timeoutMs);
  if (answer.kind !== 'answered' || answer.status !== 200) throw refusalOf(answer);
  const parsed = TokenSchema.safeParse(jsonOf(answer.body));
  // A page of somebody between: the endpoint itself would have given a token or an error.
  if (!parsed.success) throw new CrmError('unreachable', false, null);
  const { access_token: access, expires_in: expiresInSeconds, refresh_token: refresh } = parsed.data;
  return { access, expiresInSeconds, refresh: refresh ?? null };
}

function tokenRequest(auth: OAuth, credentials: unknown): Ask {
  const { grant, scope, clientIn, tokenUrl } = auth;
  const client =
    grant === 'client_credentials'
      ? fitting(ClientCredentialsSchema, credentials)
      : fitting(RefreshCredentialsSchema, credentials);
  const { clientId, clientSecret } = client;
  const form = new URLSearchParams({ grant_type: grant });
  if ('refreshToken' in client) form.set('refresh_token', client.refreshToken);
  if (scope !== undefined) form.set('scope', scope);
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  // RFC 6749, 2.3.1: id and secret are form-encoded before they become a user and a password.
  if (clientIn === 'basic') headers['authorization'] = basic(formEncoded(clientId), formEncoded(clientSecret ?? ''));
  else {
    form.set('client_id', clientId);
    if (clientSecret !== undefined) form.set('client_secret', clientSecret);
  }
  return { method: 'POST', url: new URL(tokenUrl), headers, body: form.toString() };
}

/** RFC 6749, 5.2: 400 and 401 are about who asks and with what. */
function refusalOf(answer: Exchange): CrmError {
  if (answer.kind === 'barred') return new CrmError('configuration', false, null);
  if (answer.kind === 'broken') return new CrmError('unreachable', false, null);
  const { status, retryAfterMs } = answer;
  if (status === 429) return new CrmError('rate_limited', false, retryAfterMs);
  if (status === 400 || status === 401 || status === 403) return new CrmError('credentials', false, null);
  if (status >= 300 && status < 500 && status !== 408) return new CrmError('configuration', false, null);
  return new CrmError('unreachable', false, retryAfterMs);
}

function fixed(headers: Headers): Admission {
  return { isRenewable: false, headers: async () => headers };
}

/** Credentials that don't fit the settings were given for others. */
function fitting<S extends z.ZodType>(schema: S, credentials: unknown): z.output<S> {
  const parsed = schema.safeParse(credentials);
  if (!parsed.success) throw new CrmError('credentials', false, null);
  return parsed.data;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function jsonOf(body: string | null): unknown {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return value;
  } catch {
    return null;
  }
}
