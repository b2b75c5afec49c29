import { connectTemporal } from './history';
import { tellSimulator } from './story';
import { EVERY_ROLE, type Kind, type Topology } from './topology';
import { until } from './until';

/** What happens to processes in mid-campaign, one after the other. */

export interface Disturbance {
  /** At the very instant of the next who is due, not at the next full hour. */
  readonly isExact?: boolean;
  /** Before business time moves on. */
  before?(topology: Topology): Promise<void>;
  /** As soon as it has. */
  after(topology: Topology): Promise<void>;
}

/** Asks one process of this kind to end, while it has something to do. */
export function restart(kind: Kind): Disturbance {
  return { after: (topology) => topology.restart(kind) };
}

/**
 * Kills the worker that has asked the provider to call this person and has no answer yet. Nothing but calls may be due: of a
 * mail that is on its way at such a moment nobody can find out what became of it.
 */
export function killMidCall(phone: string): Disturbance {
  const held = { to: phone, phase: 'ringing' };
  return {
    isExact: true,
    async before({ simulator }) {
      // The phone rings and rings, and whoever asked for the call hears nothing.
      await tellSimulator(simulator.httpUrl, 'hold', held);
      const fault = { channel: 'voice', mode: 'timeout_executed', times: 1, match: { to: phone } };
      await tellSimulator(simulator.httpUrl, 'faults', fault);
    },
    async after(topology) {
      const pid = await until('a worker waits for the answer of the provider', () => dialerOf(topology, phone));
      await topology.kill(EVERY_ROLE, ({ child }) => child.pid === pid);
      await tellSimulator(topology.simulator.httpUrl, 'release', held);
    },
  };
}

/** The process in whose hands the call to this person is, as Temporal knows it. */
async function dialerOf({ sql, plan }: Topology, phone: string): Promise<number | null> {
  const [row] = await sql<{ enrollmentId: string }[]>`
    select t.enrollment_id from attempt t join address a on a.hash = t.to_hash
    where a.value = ${phone} and t.channel = 'voice' and t.state in ('claimed', 'accepted')`;
  if (row === undefined) return null;
  const temporal = await connectTemporal(plan.temporal.address);
  try {
    const { raw } = await temporal.workflowOf(row.enrollmentId).describe();
    // A worker calls itself by its process and its machine.
    const pid = Number.parseInt(raw.pendingActivities?.[0]?.lastWorkerIdentity ?? '', 10);
    return Number.isNaN(pid) ? null : pid;
  } finally {
    await temporal.close();
  }
}

/** Kills an API that has just taken a fact, before it could say so: the platform will tell the fact again. */
export async function killAfterCommit(topology: Topology): Promise<void> {
  const port = await topology.balancer.loseAnswer('/v1/facts');
  await topology.kill('api', (part) => part.port === port);
}
