import { randomUUID } from 'node:crypto';
import type { Answer } from './fault-answer';
import type { LedgerEntry } from './ledger-entry';

/** What the stand-in of a JSON CRM keeps of each account: who is let in, and its cases. */

export interface HttpCrmControl {
  readonly apiKey?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly tokenSeconds?: number | undefined;
  /** Each refresh token is good for one use, as at many real ones. */
  readonly rotatesRefreshTokens?: boolean | undefined;
  /** Every access token that was given out is refused from now on. */
  readonly revokeTokens?: boolean | undefined;
  readonly honoursIdempotencyKey?: boolean | undefined;
}

interface Note {
  readonly text: string;
  readonly externalId: string;
}

interface Case {
  status: string;
  readonly notes: Note[];
}

export const SIMULATED_CRM_KEY = 'simulated-crm-key';
export const SIMULATED_CRM_CLIENT = { clientId: 'simulated-client', clientSecret: 'simulated-client-secret' };
export const SIMULATED_REFRESH_TOKEN = 'simulated-refresh-token';
const TOKEN_SECONDS = 3_600;

export class Account {
  private readonly cases = new Map<string, Case>();
  private readonly tokens = new Map<string, number>();
  private readonly doneKeys = new Set<string>();
  private apiKey = SIMULATED_CRM_KEY;
  private clientSecret: string = SIMULATED_CRM_CLIENT.clientSecret;
  private refreshToken = SIMULATED_REFRESH_TOKEN;
  private tokenSeconds = TOKEN_SECONDS;
  private rotates = false;
  private honoursKeys = false;
  private tokensGiven = 0;

  constructor(readonly name: string) {}

  change(control: HttpCrmControl): void {
    this.apiKey = control.apiKey ?? this.apiKey;
    this.clientSecret = control.clientSecret ?? this.clientSecret;
    this.tokenSeconds = control.tokenSeconds ?? this.tokenSeconds;
    this.rotates = control.rotatesRefreshTokens ?? this.rotates;
    this.honoursKeys = control.honoursIdempotencyKey ?? this.honoursKeys;
    if (control.revokeTokens === true) this.tokens.clear();
  }

  shown() {
    return { cases: Object.fromEntries(this.cases), tokensGiven: this.tokensGiven };
  }

  letsIn(authorization: string | undefined, key: string | undefined): boolean {
    if (key !== undefined) return key === this.apiKey;
    const [, scheme, value = ''] = /^(Bearer|Basic) (.+)$/.exec(authorization ?? '') ?? [];
    if (scheme === 'Basic') return Buffer.from(value, 'base64').toString('utf8') === `user:${this.apiKey}`;
    return value === this.apiKey || (this.tokens.get(value) ?? 0) > Date.now();
  }

  /** RFC 6749, as far as clients with a secret and refresh tokens go. */
  token(form: Readonly<Record<string, unknown>>, authorization: string | undefined): Answer {
    const [, encoded = ''] = /^Basic (.+)$/.exec(authorization ?? '') ?? [];
    const [user, word] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    const isClient =
      (form['client_id'] ?? user) === SIMULATED_CRM_CLIENT.clientId &&
      (form['client_secret'] ?? word) === this.clientSecret;
    if (!isClient) return { status: 401, body: { error: 'invalid_client' } };
    const isRefresh = form['grant_type'] === 'refresh_token';
    if (isRefresh && form['refresh_token'] !== this.refreshToken)
      return { status: 400, body: { error: 'invalid_grant' } };
    const access = `access-${randomUUID()}`;
    this.tokens.set(access, Date.now() + this.tokenSeconds * 1000);
    this.tokensGiven += 1;
    if (isRefresh && this.rotates) this.refreshToken = `refresh-${randomUUID()}`;
    const next = isRefresh && this.rotates ? { refresh_token: this.refreshToken } : {};
    return {
      status: 200,
      body: { access_token: access, token_type: 'Bearer', expires_in: this.tokenSeconds, ...next },
    };
  }

  setStatus(caseId: string, status: string): void {
    this.caseOf(caseId).status = status;
  }

  addNote(caseId: string, note: Note, idempotencyKey: string | null): void {
    if (!this.isRepeated(idempotencyKey)) this.caseOf(caseId).notes.push(note);
    if (idempotencyKey !== null) this.doneKeys.add(idempotencyKey);
  }

  /** Was this request carried out before, and is it for that reason not to be carried out again? */
  isRepeated(idempotencyKey: string | null): boolean {
    return this.honoursKeys && idempotencyKey !== null && this.doneKeys.has(idempotencyKey);
  }

  hasNote(caseId: string, externalId: string): boolean {
    return externalId !== '' && this.notesOf(caseId, externalId).length > 0;
  }

  notesOf(caseId: string, externalId: string | undefined): readonly Note[] {
    const notes = this.cases.get(caseId)?.notes ?? [];
    return notes.filter((note) => externalId === undefined || note.externalId === externalId);
  }

  private caseOf(id: string): Case {
    const found = this.cases.get(id) ?? { status: 'New', notes: [] };
    this.cases.set(id, found);
    return found;
  }
}

/** Accounts spring into being when they are first named; what the ledger knows of them is there again. */
export function createAccounts(entries: readonly LedgerEntry[]) {
  const accounts = new Map<string, Account>();
  const of = (name: string): Account => {
    const found = accounts.get(name) ?? new Account(name);
    accounts.set(name, found);
    return found;
  };
  for (const { kind, to, accepted, status, detail } of entries) {
    const { account, text, externalId, isRepeated } = detail;
    if (typeof account !== 'string' || accepted !== true || to === undefined) continue;
    if (kind === 'crm_status') of(account).setStatus(to, status ?? '');
    if (kind === 'crm_note' && isRepeated !== true)
      of(account).addNote(to, { text: String(text), externalId: String(externalId) }, null);
  }
  return { of, clear: () => accounts.clear() };
}
