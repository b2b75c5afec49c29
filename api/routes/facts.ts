import { factOfArrival } from '../../db/arrival';
import { isEnrollmentInView } from '../../db/case-scope';
import { receiveHandoff } from '../../db/handoff';
import { type Received, receive } from '../../db/inbox';
import { announce } from '../../engine/announce';
import { RECEIVED_EXAMPLE, ReceivedAnswer } from '../answers/contacts';
import { EXAMPLE_IDS } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';
import { factOf } from '../fact-arrival';
import { FactInputSchema, type FactInput } from '../fact-body';
import { isMailWithin, takeMail } from '../inbound-mail';
import { accepted, type Caller, defineRoute, type Route } from '../route';

/** POST /facts: what outside platforms tell. The same event told again is answered as the first time. */
export function factRoutes(deps: ApiDeps): Route[] {
  const { sql, config } = deps;
  return [
    defineRoute({
      method: 'post',
      path: '/facts',
      role: 'editor',
      concerns: 'named',
      isUnlimited: true,
      operation: {
        id: 'tellFact',
        tag: 'Facts',
        summary: 'Tell what has happened',
        description:
          'From a voice agent, a CRM, a form or a mailbox. `eventId` is your own name for the event: the same again changes nothing and is answered as the first time.',
        answers: { 202: ReceivedAnswer },
        problems: ['not_found', 'wrong_status'],
        examples: { body: FACT_EXAMPLE, answer: RECEIVED_EXAMPLE },
      },
      body: FactInputSchema,
      handle: async ({ body, caller }) => {
        const received = await take(body, caller);
        void announce(deps, received);
        const factId = received.factId ?? (await factOfArrival(sql, eventKeyOf(body)));
        return accepted({ factId, duplicate: received.duplicate });
      },
    }),
  ];

  async function take(input: FactInput, caller: Caller): Promise<Received> {
    const { actor } = caller;
    if (input.kind === 'inbound_email') {
      if (caller.caseTypes !== null && !(await isMailWithin(deps, input))) throw beyond('from');
      return takeMail(deps, input, actor);
    }
    const fact = await factOf({ sql, secretKey: config.secretKey }, input);
    if (caller.caseTypes !== null && !(await isEnrollmentInView(sql, fact.enrollmentId))) throw beyond('callSid');
    const arrival = { source: 'facts', eventKey: eventKeyOf(input), raw: input, actor, fact };
    return fact.body.kind === 'handoff_requested' ? receiveHandoff(sql, arrival) : receive(sql, arrival);
  }
}

/** Whatever it is about: it is not there, or of another type. */
function beyond(field: string): ApiError {
  const detail = 'is not known to be about anybody whom this key may see';
  return new ApiError('not_found', detail, [{ pointer: `#/${field}`, detail }]);
}

const FACT_EXAMPLE = {
  kind: 'handoff_requested',
  eventId: 'agent-call-77-handoff',
  enrollmentId: EXAMPLE_IDS.enrollment,
  reason: 'wants to talk to Jane',
};

function eventKeyOf({ kind, eventId }: FactInput): string {
  return `${kind}:${eventId}`;
}
