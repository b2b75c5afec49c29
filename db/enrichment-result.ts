import type { Sql } from './client';

/** Why no answer came, or none that counts. */
export type EnrichmentFailure =
  /** Nothing was asked, or nobody was charged: again later. */
  | {
      readonly kind: 'later';
      readonly code: string;
      readonly retryAfterMs: number | null;
      readonly isServiceWide: boolean;
    }
  /** It may have been answered, and paid for. */
  | { readonly kind: 'lost'; readonly code: string }
  | { readonly kind: 'final'; readonly code: string };

const MOST_TRIES = 8;
const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 3_600;

/** Asked again after a while that doubles, or given up with its reason; a lost answer is asked for again only where that is free. */
export async function storeFailure(
  sql: Sql,
  { id, tries, honoursIdempotencyKey }: { id: string; tries: number; honoursIdempotencyKey: boolean },
  failure: EnrichmentFailure,
): Promise<void> {
  const mayTry = tries < MOST_TRIES && failure.kind !== 'final' && (failure.kind !== 'lost' || honoursIdempotencyKey);
  const ended = failure.kind === 'lost' && !honoursIdempotencyKey ? 'unknown' : 'failed';
  const pause = pauseOf(tries, failure);
  await sql`
    update enrichment set state = ${mayTry ? 'pending' : ended}, error_code = ${failure.code},
      asked_at = case when ${failure.kind === 'later'} then null else asked_at end,
      next_rt = clock_timestamp() + make_interval(secs => ${pause}),
      finished_at = case when ${mayTry} then null else app_now() end
    where id = ${id} and state = 'asking'`;
  // Turned away for a reason that holds for all: nobody else knocks meanwhile.
  if (failure.kind === 'later' && failure.isServiceWide)
    await sql`update enrichment_service set not_before_rt = clock_timestamp() + make_interval(secs => ${pause})`;
}

function pauseOf(tries: number, failure: EnrichmentFailure): number {
  const own = failure.kind === 'later' && failure.retryAfterMs !== null ? failure.retryAfterMs / 1000 : 0;
  return Math.min(LONGEST_PAUSE_SECONDS, Math.max(own, FIRST_PAUSE_SECONDS * 2 ** (tries - 1)));
}
