import * as z from 'zod';
import { appNow } from '../../db/clock';
import { bringBackRefusal, getEnrollment, resumeRefusal } from '../../db/enrollment-views';
import { retryExecution } from '../../db/execution-views';
import { moveTouch } from '../../db/move-touch';
import { receive } from '../../db/inbox';
import { type FactBody, OrderSchema } from '../../domain/fact';
import { announce } from '../../engine/announce';
import { RECEIVED_EXAMPLE, ReceivedAnswer } from '../answers/contacts';
import { MOVED_TOUCH_EXAMPLE, MovedTouchAnswer } from '../answers/enrollments';
import { EXECUTION_EXAMPLE, ExecutionAnswer } from '../answers/executions';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { pastCallback, pastInstant } from '../fact-arrival';
import { InstantSchema } from '../instant';
import { accepted, type Answer, defineRoute, IdParams, type Route, type Who } from '../route';
import { text } from '../text';

/**
 * POST /enrollments/{id}/orders: complete, remove, pause, resume, hand_back, stop_calls, stop_messaging, cancel_callback
 * POST /enrollments/{id}/next-touch
 * POST /enrollments/{id}/bring-back
 * POST /enrollments/{id}/callbacks
 * POST /executions/{id}/retry
 */
export function orderRoutes(deps: ApiDeps): Route[] {
  const { sql } = deps;
  return [
    defineRoute({
      method: 'post',
      path: '/enrollments/:id/next-touch',
      role: 'editor',
      concerns: 'enrollment',
      operation: {
        id: 'moveNextTouch',
        tag: 'Enrollments',
        summary: 'Move the next touch of a contact to another instant, or to now',
        description:
          'The waits of the plan no longer count for it; hours, law, caps, lines and pauses still do, so that `at` of the answer may be later than was asked for.',
        answers: { 202: MovedTouchAnswer },
        problems: ['order_refused'],
        examples: { body: { at: '2099-03-09T15:30:00Z', note: 'she is in a meeting' }, answer: MOVED_TOUCH_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({
        at: InstantSchema.optional().describe('Left out = now.'),
        note: text(1000).optional(),
      }),
      handle: async ({ params: { id }, body: { at, note }, caller: { actor }, requestKey }) => {
        const now = await appNow(sql);
        if (at !== undefined && at < now) throw pastInstant(at, now);
        const {
          received,
          touchKey,
          at: movedAt,
        } = await moveTouch(sql, {
          enrollmentId: id,
          at: at ?? null,
          ...(note === undefined ? {} : { note }),
          eventKey: `touch_moved:${requestKey}`,
          actor,
        });
        void announce(deps, received);
        const { factId, duplicate } = received;
        return accepted(toDocument({ factId, duplicate, touch: touchKey, at: movedAt }));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/enrollments/:id/orders',
      role: 'editor',
      concerns: 'enrollment',
      operation: {
        id: 'giveOrder',
        tag: 'Enrollments',
        summary: 'Give an order about an enrollment',
        description: ORDERS,
        answers: { 202: ReceivedAnswer },
        problems: ['order_refused'],
        examples: { body: { order: 'hand_back', note: 'talked to her' }, answer: RECEIVED_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({ order: GivenOrderSchema, note: text(1000).optional() }),
      handle: async ({ params: { id }, body: { order, note }, ...who }) => {
        const { state, reason } = await getEnrollment(sql, id);
        if (state === 'rejected' && order !== 'complete')
          throw refused(`the contact could not be enrolled (${reason})`);
        if (order === 'resume') await requireResumable(id);
        if (order === 'pause' && state !== 'open')
          throw refused(`the enrollment is ${state}; there is nothing to pause`);
        return give(id, { kind: 'order', order, ...(note === undefined ? {} : { note }) }, who);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/enrollments/:id/bring-back',
      role: 'admin',
      concerns: 'enrollment',
      operation: {
        id: 'bringBack',
        tag: 'Enrollments',
        summary: 'Bring back a contact whom a rule took out of the campaign for good',
        description:
          'Resume Outreach skips such contacts. This takes outreach to the one contact up again; who did it, when and why stands in the timeline. Whoever opted out stays out without a new consent, and the next Stop Campaign ends it again.',
        answers: { 202: ReceivedAnswer },
        problems: ['order_refused'],
        examples: { body: { note: 'signed up by mistake for the other firm' }, answer: RECEIVED_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({ note: text(1000).min(1).describe('Why; everybody who reads the timeline sees it.') }),
      handle: async ({ params: { id }, body: { note }, ...who }) => {
        const refusal = await bringBackRefusal(sql, id);
        if (refusal !== null) throw refused(refusal);
        return give(id, { kind: 'order', order: 'bring_back', note }, who);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/enrollments/:id/callbacks',
      role: 'editor',
      concerns: 'enrollment',
      operation: {
        id: 'promiseCallback',
        tag: 'Enrollments',
        summary: 'Promise a callback',
        description: 'The call is placed then, or in the next opening if that is closed to calls.',
        answers: { 202: ReceivedAnswer },
        problems: ['order_refused'],
        examples: { body: { at: '2099-03-09T15:30:00Z' }, answer: RECEIVED_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({ at: InstantSchema }),
      handle: async ({ params: { id }, body: { at }, ...who }) => {
        const { state } = await getEnrollment(sql, id);
        if (state !== 'open') throw refused(`the enrollment is ${state}; nobody would call`);
        const now = await appNow(sql);
        if (at <= now) throw pastCallback(at, now);
        return give(id, { kind: 'callback_requested', at }, who);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/executions/:id/retry',
      role: 'editor',
      concerns: 'execution',
      operation: {
        id: 'retryExecution',
        tag: 'Enrollments',
        summary: 'Retry an action that has failed',
        description:
          'Under its old identity, so that the CRM still sees one effect. Retrying what is pending changes nothing.',
        answers: { 202: ExecutionAnswer },
        problems: ['wrong_status'],
        examples: { answer: { ...EXECUTION_EXAMPLE, state: 'pending', result: null, finishedAt: null } },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => {
        const { seq: _, ...execution } = await retryExecution(sql, id, caller.actor);
        void announce(deps, { enrollmentId: execution.enrollmentId, factId: null, signal: 'order' });
        return accepted(toDocument(execution));
      },
    }),
  ];

  async function requireResumable(enrollmentId: string): Promise<void> {
    const refusal = await resumeRefusal(sql, enrollmentId);
    if (refusal !== null) throw refused(refusal);
  }

  async function give(enrollmentId: string, body: FactBody, { caller, requestKey }: Who): Promise<Answer> {
    const received = await receive(sql, {
      source: 'api',
      eventKey: `${body.kind}:${requestKey}`,
      raw: { enrollmentId, ...body },
      actor: caller.actor,
      fact: { body, enrollmentId },
    });
    void announce(deps, received);
    return accepted({ factId: received.factId, duplicate: received.duplicate });
  }
}

/** To bring somebody back takes an admin, and a reason. */
const GivenOrderSchema = OrderSchema.exclude(['bring_back']);

const ORDERS = `
- \`complete\`: the contact is through, also one who could not be enrolled; nothing more is done
- \`remove\`: the contact is taken out; only adding the contact to the campaign again takes outreach up
- \`pause\`: nothing is begun until the contact is resumed; facts are taken in
- \`resume\`: end the pause; where there is none, take up again what was stopped or has ended; after an opt-out only where a new consent has freed a channel of the plan
- \`hand_back\`: a person has dealt with it; outreach goes on
- \`stop_calls\`, \`stop_messaging\`: the rest of the plan goes on
- \`cancel_callback\`: the callback that was promised is off
`.trim();

function refused(why: string): ApiError {
  return new ApiError('order_refused', why);
}
