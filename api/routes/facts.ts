import { factOfArrival } from '../../db/arrival';
import { receiveHandoff } from '../../db/handoff';
import { type Received, receive } from '../../db/inbox';
import { announce } from '../../engine/announce';
import { RECEIVED_EXAMPLE, ReceivedAnswer } from '../answers/contacts';
import { EXAMPLE_IDS } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { factOf } from '../fact-arrival';
import { FactInputSchema, type FactInput } from '../fact-body';
import { takeMail } from '../inbound-mail';
import { accepted, defineRoute, type Route } from '../route';

/** POST /facts: what outside platforms tell. The same event told again is answered as the first time. */
export function factRoutes(deps: ApiDeps): Route[] {
  const { sql, config } = deps;
  return [
    defineRoute({
      method: 'post',
      path: '/facts',
      role: 'editor',
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
        const received = await take(body, caller.actor);
        void announce(deps, received);
        const factId = received.factId ?? (await factOfArrival(sql, eventKeyOf(body)));
        return accepted({ factId, duplicate: received.duplicate });
      },
    }),
  ];

  async function take(input: FactInput, actor: string): Promise<Received> {
    if (input.kind === 'inbound_email') return takeMail(deps, input, actor);
    const fact = await factOf({ sql, secretKey: config.secretKey }, input);
    const arrival = { source: 'facts', eventKey: eventKeyOf(input), raw: input, actor, fact };
    return fact.body.kind === 'handoff_requested' ? receiveHandoff(sql, arrival) : receive(sql, arrival);
  }
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
