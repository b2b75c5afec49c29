import type { Circuit } from '../db/connection-circuit';
import { SealError, unseal } from '../db/connection-seal';
import type { Sql } from '../db/client';
import { HttpCrmSettingsSchema, LawRulerCredentialsSchema, LawRulerSettingsSchema } from '../domain/crm-connection';
import { SmartAdvocateSettingsSchema } from '../domain/smartadvocate-connection';
import { crmTokens } from './crm-tokens';
import { createHttpCrm } from './providers/http-crm';
import { createLawRuler } from './providers/lawruler';
import { createSmartAdvocate } from './providers/smartadvocate';
import type { Reach } from './providers/outside-address';
import { type Crm, CrmError } from './providers/provider';

export interface ConnectDeps {
  readonly sql: Sql;
  /** The one that is set up in the environment; null = none is. */
  readonly crm: Crm | null;
  /** Where addresses that somebody typed in may lead. */
  readonly reach: Reach;
  readonly keys: { readonly secretKey: string };
}

/** The CRM behind a connection; throws `CrmError` where it can't be used as it is set up. */
export function connectCrm({ sql, crm, reach, keys: { secretKey } }: ConnectDeps, circuit: Circuit): Crm {
  const { id, kind, fromEnvironment, settings, credentials: sealed } = circuit;
  if (fromEnvironment || sealed === null) {
    if (crm === null) throw new CrmError('configuration', false, null);
    return crm;
  }
  const credentials = opened(secretKey, id, sealed);
  if (kind === 'lawruler') {
    const { endpoint, noteLookup } = LawRulerSettingsSchema.parse(settings);
    const { key } = LawRulerCredentialsSchema.parse(credentials);
    return createLawRuler({ endpoint, key, noteLookup, reach });
  }
  const tokens = crmTokens(sql, { connectionId: id, secretKey });
  if (kind === 'smartadvocate')
    return createSmartAdvocate({ settings: SmartAdvocateSettingsSchema.parse(settings), tokens, reach });
  return createHttpCrm({ settings: HttpCrmSettingsSchema.parse(settings), credentials, tokens, reach });
}

function opened(secretKey: string, connectionId: string, sealed: string): unknown {
  try {
    const value: unknown = JSON.parse(unseal(secretKey, 'credentials', connectionId, sealed));
    return value;
  } catch (error) {
    // Encrypted under another key: they have to be given once more.
    if (error instanceof SealError) throw new CrmError('credentials', false, null, { cause: error });
    throw error;
  }
}
