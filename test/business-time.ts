import type { Sql } from '../db/client';
import { setClock } from '../db/clock';
import { fromIso, toIso } from '../domain/instant';
import type { Simulator } from '../simulator/simulator';
import { until } from './until';

/** Business time stands still until a test moves it, from one instant at which something is due to the next. */
export interface Stage {
  readonly sql: Sql;
  readonly simulator: Pick<Simulator, 'idle'>;
}

const UNREST = [
  'enrolling',
  'starting',
  'stepping',
  'due',
  'epochs',
  'queued',
  'facts',
  'attempts',
  'touching',
  'actions',
  'wakes',
] as const;
export type Unrest = (typeof UNREST)[number];

/** Looking more often would take from those who are looked at. */
const LOOK_EVERY_MS = 40;

/** Business time stands at this instant from now on. */
export async function standAt(sql: Sql, iso: string): Promise<void> {
  await setClock(sql, fromIso(iso), 0);
}

/** Waits until nothing moves any more at this instant; `besides` names what may stay open. */
export async function quiet(
  { sql, simulator }: Stage,
  besides: readonly Unrest[] = [],
  { withinMs, everyMs = LOOK_EVERY_MS }: { withinMs?: number; everyMs?: number } = {},
): Promise<void> {
  await until(
    'everything is quiet',
    async () => {
      // A call that the test keeps ringing never comes to rest by itself.
      if (!besides.includes('attempts')) await simulator.idle();
      const open = await unrest(sql);
      const left = open.filter((name) => !besides.includes(name));
      if (left.length > 0) throw new Error(`still open: ${left.join(', ')}`);
      return true;
    },
    withinMs,
    everyMs,
  );
}

async function unrest(sql: Sql): Promise<Unrest[]> {
  const [row] = await sql<Record<Unrest, boolean>[]>`
    select
      exists (select 1 from campaign where status = 'active' and enroll_scanned_rt is null) as enrolling,
      exists (select 1 from enrollment where wants_workflow and started_rt is null) as starting,
      exists (select 1 from enrollment where state = 'open' and steps = 0) as stepping,
      exists (select 1 from enrollment e join campaign c on c.id = e.campaign_id
        where e.state = 'open' and c.status = 'active' and e.due_at <= app_now()) as due,
      exists (select 1 from enrollment e join campaign c on c.id = e.campaign_id
        where e.state = 'open' and c.status in ('active', 'completed') and e.epoch < c.epoch) as epochs,
      exists (select 1 from line_queue) or exists (
        select 1 from lease where state = 'granted' and freed_rt is null and expires_rt > clock_timestamp()) as queued,
      exists (select 1 from fact where wakes and seen_rt is null) as facts,
      exists (select 1 from attempt where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice')) as attempts,
      exists (select 1 from enrollment where decision ->> 'kind' in ('touch') and state = 'open') as touching,
      exists (select 1 from execution where state = 'pending') as actions,
      exists (select 1 from wake) as wakes`;
  if (row === undefined) throw new Error('the database did not answer');
  return UNREST.filter((name) => row[name]);
}

/** The instant after now at which the next contact wants to look again; null when nobody does. */
export async function nextDue(sql: Sql): Promise<number | null> {
  const [next] = await sql<{ at: number | null }[]>`
    select ms(min(due_at)) as at from enrollment e join campaign c on c.id = e.campaign_id
    where e.state = 'open' and c.status = 'active' and due_at > app_now()`;
  return next?.at ?? null;
}

/** Lets business time jump from one due instant to the next until `iso`, with everything quiet in between. */
export async function runUntil(stage: Stage, iso: string, besides: readonly Unrest[] = []): Promise<void> {
  const end = fromIso(iso);
  for (;;) {
    await quiet(stage, besides);
    const at = await nextDue(stage.sql);
    if (at === null || at > end) break;
    await standAt(stage.sql, toIso(at));
  }
  await standAt(stage.sql, iso);
  await quiet(stage, besides);
}
