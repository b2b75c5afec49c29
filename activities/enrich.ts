import type { Sql } from '../db/client';
import { SealError, unseal } from '../db/connection-seal';
import { ENRICHMENT_PLACE } from '../db/enrichment-service';
import { storeFailure } from '../db/enrichment-result';
import { storeFound } from '../db/found-address';
import type { AskedService, DueEnrichment } from '../db/sweeps/enrichments';
import { usableFound } from '../domain/enrichment';
import type { EnrichmentReply } from './providers/enricher';
import { createHttpEnricher } from './providers/http-enricher';
import type { Reach } from './providers/outside-address';

export interface EnrichDeps {
  readonly sql: Sql;
  /** Where addresses that somebody typed in may lead. */
  readonly reach: Reach;
  readonly keys: { readonly secretKey: string; readonly addressKey: string };
}

/** Asks the service about one person who was claimed for it, once, and writes down what it says. */
export async function enrich({ sql, reach, keys }: EnrichDeps, due: DueEnrichment): Promise<void> {
  const { id, tries, kinds, service } = due;
  const reply = await ask(due, reach, keys.secretKey);
  if (reply.kind !== 'answered')
    return storeFailure(sql, { id, tries, honoursIdempotencyKey: service.honoursIdempotencyKey }, reply);
  const { found, costMicros = service.costMicros } = reply.answer;
  const wanted = found.filter(({ kind }) => kinds.includes(kind));
  const result = { found: wanted, addresses: usableFound(wanted, kinds), source: service.name, costMicros };
  await storeFound(sql, { id, addressKey: keys.addressKey }, result);
}

async function ask(
  { id, kinds, person, service }: DueEnrichment,
  reach: Reach,
  secretKey: string,
): Promise<EnrichmentReply> {
  const token = tokenOf(service, secretKey);
  if (token === undefined) return { kind: 'later', code: 'credentials', retryAfterMs: null, isServiceWide: true };
  return createHttpEnricher({ ...service, token, reach }).lookUp({ operationId: id, kinds, person });
}

/** Undefined = it was encrypted under another key, and has to be given once more. */
function tokenOf({ credentials }: AskedService, secretKey: string): string | null | undefined {
  if (credentials === null) return null;
  try {
    return unseal(secretKey, 'token', ENRICHMENT_PLACE, credentials);
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}
