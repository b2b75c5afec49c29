import { setTimeout as delay } from 'node:timers/promises';
import { toIso } from '../../domain/instant';
import { nextDue, quiet } from '../business-time';
import { tellSimulator } from '../story';
import { until } from '../until';
import type { InsistentClient } from './insistent-client';
import type { Installation } from './installation';

/** The faults stop, and everybody comes to an end: business time jumps from hour to hour with everything quiet in between. */

const HOUR_MS = 3_600_000;
const MOST_JUMPS = 300;
/** An activity whose worker was killed is given to another after a minute at the most. */
const PATIENCE = { withinMs: 150_000, everyMs: 400 };

export async function drain(installation: Installation, api: InsistentClient): Promise<void> {
  const { simulator, sql } = installation;
  await tellSimulator(simulator.httpUrl, 'faults', [], 'PUT');
  await installation.startAfresh();
  await until('the database answers', async () => (await sql`select 1`).length > 0);
  await installation.setTime(Math.floor(installation.now()), 0);
  let isOver = false;
  const forwarding = forward(installation, () => isOver);
  try {
    for (let jumps = 0; ; jumps++) {
      await handBack(installation, api);
      await quiet(installation, [TAG_AWAITED], PATIENCE);
      const due = (await isSomebodyHeld(installation)) ? installation.now() : await nextDue(sql);
      if (due === null) return;
      if (jumps === MOST_JUMPS) throw new Error(`somebody is still open at ${toIso(due)}`);
      const next = Math.max(installation.now(), Math.ceil(due / HOUR_MS) * HOUR_MS);
      await until('no request is under way', async () => installation.jumpTo(next), PATIENCE.withinMs);
    }
  } finally {
    isOver = true;
    await forwarding;
  }
}

/** After an answered call whose tag got lost the row is asked again in a quarter of an hour, and its last decision was to call. */
const TAG_AWAITED = 'touching';
const HELD_FOR_A_PERSON = 'unclear_reply';

async function isSomebodyHeld({ sql }: Installation): Promise<boolean> {
  const rows = await sql`select 1 from enrollment where state = 'open' and hold_reason = ${HELD_FOR_A_PERSON} limit 1`;
  return rows.length > 0;
}

/** What may have been a "stop" waits for a person's word, and gets it. */
async function handBack({ sql }: Installation, api: InsistentClient): Promise<void> {
  const rows = await sql<{ id: string }[]>`
    select id from enrollment where state = 'open' and hold_reason = ${HELD_FOR_A_PERSON}`;
  for (const { id } of rows) await api.ask('POST', `/v1/enrollments/${id}/orders`, { order: 'hand_back' });
}

/** So long after its claim no request of an attempt is under way any more. */
const SETTLED_SECONDS = 20;
const FORWARD_EVERY_MS = 1_000;

/** Nobody here has the patience of a provider's deadline: what would be looked at in a while is looked at now. */
async function forward({ sql }: Installation, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sql`
      update attempt set resolve_by_rt = clock_timestamp()
      where resolve_by_rt > clock_timestamp() and claimed_rt < clock_timestamp() - make_interval(secs => ${SETTLED_SECONDS})`;
    await sql`update connection set check_rt = clock_timestamp() where check_rt > clock_timestamp()`;
    await delay(FORWARD_EVERY_MS);
  }
}
