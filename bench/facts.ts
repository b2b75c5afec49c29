import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import type { Sql } from '../db/client';
import { attemptIdOf, attemptToken } from '../db/tokens';
import { callbackUrl } from '../domain/callback-url';
import { freePort } from '../local/port';
import type { Bare } from './bare';
import { answersPerSecond, latencies, type Webhook } from './load';
import type { Size } from './options';
import { startMeter } from './process-use';
import type { Product } from './product';
import type { Tell } from './report';
import type { StartsResult } from './starts';

/** Facts through the webhook: the signed status callbacks of answered calls, four for each. */

export interface FactsRate {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface FactsResult {
  readonly ours: FactsRate;
  readonly bare: FactsRate;
  /** Of the API, under full load. */
  readonly apiCpuMsPerFact: number | null;
}

export const STATUSES = ['initiated', 'ringing', 'in-progress', 'completed'];
/** Calls under way side by side: between two callbacks of one call lie those of all others. */
const GROUP = 100;
const STEADY_PER_SECOND = 300;
const BARE_TARGETS = 10_000;

export async function measureFacts(
  { product, bare }: { product: Product; bare: Bare },
  started: StartsResult,
  { factSeconds }: Size,
  tell: Tell,
): Promise<FactsResult> {
  const { twilioToken } = product.keys;
  const bareUrl = `http://127.0.0.1:${await freePort()}`;
  await bare.startWebhook({ PUBLIC_URL: bareUrl, TWILIO_AUTH_TOKEN: twilioToken });
  // Nothing is kept there, so the same callback once more is the same work once more.
  const bareTargets = Array.from({ length: BARE_TARGETS }, (_, n) => bareTarget(started.bareIds, n));
  const bareRate = await rates(bareUrl, callbacks(product, bareUrl, bareTargets), factSeconds);
  tell(`bare: ${words(bareRate)}`);

  const attemptIds = await placeCalls(product.sql, started.campaignId);
  const targets = attemptIds.map((id) => ourTarget(product, id));
  const meter = await startMeter({ API: product.pids.API });
  let facts = 0;
  const next = callbacks(product, product.apiUrl, targets);
  const counted = () => {
    facts += 1;
    return next();
  };
  const ourRate = await rates(product.apiUrl, counted, factSeconds);
  const { API: apiMs } = await meter();
  tell(`ours: ${words(ourRate)}`);
  return { ours: ourRate, bare: bareRate, apiCpuMsPerFact: apiMs === undefined ? null : apiMs / facts };
}

async function rates(url: string, next: () => Webhook, seconds: number): Promise<FactsRate> {
  const steady = await latencies(url, next, { perSecond: STEADY_PER_SECOND, seconds });
  return { ...steady, perSecond: await answersPerSecond(url, next, seconds) };
}

export interface Target {
  /** Path and query of the callback. */
  readonly path: string;
  readonly sid: string;
}

export function ourTarget({ apiUrl, keys }: Product, attemptId: string): Target {
  const url = callbackUrl(apiUrl, '/webhooks/twilio/voice/status', attemptId, attemptToken(keys.secretKey, attemptId));
  return { path: url.slice(apiUrl.length), sid: sidOf(attemptId) };
}

function bareTarget(workflowIds: readonly string[], n: number): Target {
  const workflowId = workflowIds[n % workflowIds.length] ?? '';
  return { path: `/status?a=${encodeURIComponent(workflowId)}`, sid: sidOf(String(n)) };
}

function sidOf(id: string): string {
  return `CA${id.replaceAll('-', '').padStart(32, '0')}`;
}

/** One callback after the other, each of them new; throws when there is none left. */
function callbacks({ keys }: Product, publicUrl: string, targets: readonly Target[]): () => Webhook {
  const facts = factsOf(targets);
  return () => {
    const { value, done } = facts.next();
    if (done === true)
      throw new Error(`${targets.length} calls have no more than ${targets.length * STATUSES.length} facts`);
    return statusCallback(keys, publicUrl, value);
  };
}

/** The nth of the callbacks of one call. */
export function statusCallback(keys: Product['keys'], publicUrl: string, { target, sequence }: Progress): Webhook {
  const status = STATUSES[sequence] ?? '';
  return signed(keys, publicUrl, target.path, {
    CallSid: target.sid,
    CallStatus: status,
    SequenceNumber: String(sequence),
    CallbackSource: 'call-progress-events',
    ...(status === 'completed' ? { CallDuration: '42' } : {}),
  });
}

/** A request of the telephone provider. */
export function signed(
  { twilioSid, twilioToken }: Product['keys'],
  publicUrl: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Webhook {
  const fields = { AccountSid: twilioSid, ...parameters };
  return {
    path,
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-twilio-signature': getExpectedTwilioSignature(twilioToken, `${publicUrl}${path}`, fields),
    },
  };
}

export interface Progress {
  readonly target: Target;
  /** Of the callback among those of the call. */
  readonly sequence: number;
}

export function* factsOf(targets: readonly Target[]): Generator<Progress, undefined> {
  for (let from = 0; from < targets.length; from += GROUP)
    for (let sequence = 0; sequence < STATUSES.length; sequence++)
      for (const target of targets.slice(from, from + GROUP)) yield { target, sequence };
  return undefined;
}

/** A call for each who waits, as it stands after the provider took it; whoever is asked again gets another one each. */
export async function placeCalls(sql: Sql, campaignId: string, ordinal = 1): Promise<string[]> {
  const touchKey = `call.call.${ordinal}`;
  const rows = await sql<{ id: string }[]>`select id from enrollment where campaign_id = ${campaignId} order by seq`;
  const enrollmentIds = rows.map(({ id }) => id);
  const attemptIds = enrollmentIds.map((id) => attemptIdOf(id, touchKey, 1));
  const content = { kind: 'call', greeting: 'Hello.', voicemail: null, ringSeconds: 25, language: 'en' };
  await sql`
    insert into attempt (id, enrollment_id, touch_key, try, run_key, step_key, ordinal, channel, from_hash, to_hash, state, status,
      token_hash, claimed_at, post_by_rt, accepted_at, version_id, permit, content)
    select a.id, e.id, ${touchKey}, 1, 'call', 'call', ${ordinal}, 'voice', ${`ours-${ordinal}`}, ca.hash, 'accepted', 'queued',
      'unused', app_now(), clock_timestamp(), app_now(), c.current_version_id, '{}', ${JSON.stringify(content)}::text::jsonb
    from unnest(${attemptIds}::uuid[], ${enrollmentIds}::uuid[]) as a (id, enrollment_id)
    join enrollment e on e.id = a.enrollment_id
    join campaign c on c.id = e.campaign_id
    join contact_address ca on ca.contact_id = e.contact_id`;
  await sql`analyze attempt`;
  return attemptIds;
}

function words({ perSecond, p50Ms, p99Ms }: FactsRate): string {
  return `${perSecond.toFixed(0)} facts/s; at ${STEADY_PER_SECOND}/s p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
}
