import type { WorkflowHandle } from '@temporalio/client';
import { endOf, type Temporal } from '../history';
import { enrollmentsOf } from '../outcome';
import { launch, tellSimulator, type Story } from '../story';
import { until } from '../until';
import type { World } from '../world';

/** One contact of a story that is lived to be recorded, and what can be done to them. */

export interface Stage {
  readonly world: World;
  readonly temporal: Temporal;
  /** A number that no other story has. */
  readonly phone: string;
  readonly caseId: string;
}

export interface Setting {
  readonly script: string;
  readonly runs: readonly unknown[];
  readonly rules?: readonly unknown[];
  readonly reports?: readonly unknown[];
}

/** Long: many stories are lived side by side, and some wait for hours of business time. */
export const WITHIN_MS = 90_000;
const OUR_NUMBER = '+12125550190';

/** Launches a campaign for this one contact; answers when its workflow has begun. */
export async function begin(
  stage: Stage,
  { script, runs, rules = [], reports }: Setting,
): Promise<{ story: Story; id: string }> {
  const { world, temporal, phone, caseId } = stage;
  const email = `nora${caseId}@example.com`;
  const story = await launch(world, {
    people: [{ name: 'Nora', phone, email, zone: 'America/New_York', script, cases: [caseId] }],
    runs,
    policy: { rules },
    ...(reports === undefined ? {} : { reports }),
    formId: 'intake',
    settings: { lines: 100 },
    name: `case ${caseId}`,
  });
  const id = await until('the contact is enrolled', async () => (await enrollmentsOf(world, story))[0]?.id, WITHIN_MS);
  await until('its workflow has begun', () => temporal.workflowOf(id).describe(), WITHIN_MS);
  return { story, id };
}

/** The run that is there now, and no later one. */
export async function runOf({ temporal }: Stage, id: string): Promise<WorkflowHandle> {
  const { runId } = await temporal.workflowOf(id).describe();
  return temporal.workflowOf(id, runId);
}

export async function untilDecided({ world }: Stage, id: string, decision: string): Promise<void> {
  await until(
    `the decision is "${decision}"`,
    async () => {
      const [row] = await world.sql`
        select 1 from enrollment where id = ${id} and decision ->> 'kind' = ${decision}`;
      return row !== undefined;
    },
    WITHIN_MS,
  );
}

/** Until the first touch is over and the contact sleeps towards the next. */
export async function untilAsleep(stage: Stage, id: string): Promise<void> {
  await until(
    'the first touch is over',
    async () => {
      const [row] = await stage.world.sql`
        select 1 from attempt where enrollment_id = ${id}
          and (state = 'ended' or (state = 'accepted' and channel <> 'voice'))`;
      return row !== undefined;
    },
    WITHIN_MS,
  );
  await untilDecided(stage, id, 'wait');
}

/** Until nothing is left to do for the contact; answers the workflow that did the last of it. */
export async function toTheEnd({ world, temporal }: Stage, id: string): Promise<WorkflowHandle> {
  await until(
    'the contact has come to an end',
    async () => {
      const [row] = await world.sql`
        select 1 from enrollment e where id = ${id} and state = 'ended'
          and not exists (select 1 from execution x where x.enrollment_id = e.id and x.state = 'pending')
          and not exists (select 1 from fact f where f.enrollment_id = e.id and f.wakes and f.seen_rt is null)`;
      return row !== undefined;
    },
    WITHIN_MS,
  );
  await endOf(temporal.workflowOf(id));
  return temporal.workflowOf(id);
}

export async function order({ world }: Stage, id: string, what: string): Promise<void> {
  await world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: what });
}

export async function fact({ world, caseId }: Stage, enrollmentId: string, body: object): Promise<void> {
  await world.api.send('POST', '/v1/facts', { eventId: `story ${caseId}`, enrollmentId, ...body });
}

export async function reply({ world, phone }: Stage, body: string): Promise<void> {
  await tellSimulator(world.simulator.httpUrl, 'inbound-sms', { from: phone, to: OUR_NUMBER, body });
}

export async function fault({ world }: Stage, rule: object): Promise<void> {
  await tellSimulator(world.simulator.httpUrl, 'faults', rule);
}
