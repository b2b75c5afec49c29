import { decide } from '../domain/decide';
import type { Decision, Touch } from '../domain/decision';
import { explain } from '../domain/explain';
import { type Instant, toIso } from '../domain/instant';
import { movedTo } from '../domain/moved-touch';
import { inTransaction, type Sql } from './client';
import { lockEnrollment } from './enrollment';
import { requireEnrollment } from './enrollment-views';
import { type Received, receiveIn } from './inbox';
import { loadPlannerFrame } from './planner-input';
import { Refusal } from './refusal';

export interface TouchMove {
  readonly enrollmentId: string;
  /** Null = now. */
  readonly at: Instant | null;
  readonly note?: string;
  /** The same again changes nothing. */
  readonly eventKey: string;
  readonly actor: string;
}

export interface MovedTouch {
  readonly received: Received;
  readonly touchKey: string | null;
  /** When it will be done as things stand: law, hours, caps and pauses still bind. */
  readonly at: Instant | null;
}

/** Gives the next touch of one contact an instant of its own; the waits of the plan no longer count for it. */
export async function moveTouch(sql: Sql, move: TouchMove): Promise<MovedTouch> {
  return inTransaction(sql, async (tx) => {
    const { enrollmentId, eventKey, actor, note } = move;
    await requireEnrollment(tx, enrollmentId);
    await lockEnrollment(tx, enrollmentId);
    const known = await tx`select from inbox where event_key = ${eventKey}`;
    if (known.length > 0)
      return { received: { factId: null, duplicate: true, enrollmentId, signal: null }, touchKey: null, at: null };
    const { input } = await loadPlannerFrame(tx, enrollmentId, 'granted');
    const { key } = movable(decide(input));
    const toAt = move.at ?? input.now;
    const at = movedTo(input, key, toAt);
    if (at === null) throw new Refusal('order_refused', `no hour is left for ${key} from ${toIso(toAt)} on`);
    const received = await receiveIn(tx, {
      source: 'api',
      eventKey,
      raw: { enrollmentId, touchKey: key, at: toIso(toAt) },
      actor,
      fact: {
        body: { kind: 'touch_moved', touchKey: key, at: toAt, ...(note === undefined ? {} : { note }) },
        enrollmentId,
      },
    });
    return { received, touchKey: key, at };
  });
}

function movable(decision: Decision): Touch {
  if (!('touch' in decision) || decision.touch === undefined)
    throw new Refusal('order_refused', `no touch is planned that could be moved. ${explain(decision)}`);
  if (decision.touch.commitmentId !== undefined)
    throw new Refusal('order_refused', 'next is a callback that was promised: move the commitment instead');
  return decision.touch;
}
