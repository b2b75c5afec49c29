import { factOfArrival } from '../../db/arrival';
import { receiveHandoff } from '../../db/handoff';
import { type Received, receive } from '../../db/inbox';
import { announce } from '../../engine/announce';
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

function eventKeyOf({ kind, eventId }: FactInput): string {
  return `${kind}:${eventId}`;
}
