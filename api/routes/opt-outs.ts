import * as z from 'zod';
import { getContact } from '../../db/contact';
import { receive } from '../../db/inbox';
import { liftOptOut, listOptOuts, optOutOfCaseType } from '../../db/opt-out';
import { idOfRequest } from '../../db/tokens';
import { type Channel, ChannelSchema } from '../../domain/channel';
import { ConsentClassSchema } from '../../domain/consent';
import { announce } from '../../engine/announce';
import { RECEIVED_EXAMPLE, ReceivedAnswer } from '../answers/contacts';
import { LIFTED_EXAMPLE, OPT_IN_BODY_EXAMPLE, OPT_OUT_EXAMPLE, OptOutListAnswer } from '../answers/opt-outs';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { accepted, type Caller, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const ALL: readonly Channel[] = ['voice', 'sms', 'email'];
const caseTypeSchema = text(120).min(1).optional().describe('Calls about cases of this type alone.');

/**
 * GET /contacts/{id}/opt-outs
 * POST /contacts/{id}/opt-out: of channels, or of calls about cases of one type
 * POST /contacts/{id}/opt-in: by a new consent alone
 */
export function optOutRoutes(deps: ApiDeps): Route[] {
  const { sql } = deps;
  return [
    defineRoute({
      method: 'get',
      path: '/contacts/:id/opt-outs',
      role: 'viewer',
      concerns: 'contact',
      operation: {
        id: 'listOptOuts',
        tag: 'Contacts',
        summary: 'List what a contact has opted out of',
        answers: { 200: OptOutListAnswer },
        examples: { answer: { items: [OPT_OUT_EXAMPLE] } },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument({ items: await listOptOuts(sql, id) })),
    }),
    defineRoute({
      method: 'post',
      path: '/contacts/:id/opt-out',
      role: 'editor',
      concerns: 'contact',
      isUnlimited: true,
      isOptOut: () => true,
      operation: {
        id: 'optOut',
        tag: 'Contacts',
        summary: 'Opt a contact out',
        description:
          'Bars the channels at every address of the contact, in every campaign. With `caseType` only calls about cases of that type are barred, and texts and mails go on.',
        answers: { 202: ReceivedAnswer },
        examples: {
          body: { channels: ['voice', 'sms'], reason: 'said so to the front desk' },
          answer: RECEIVED_EXAMPLE,
        },
      },
      params: IdParams,
      body: z.strictObject({
        channels: z
          .array(ChannelSchema)
          .min(1)
          .optional()
          .describe('Left out = all, or calls where a case type is named.'),
        caseType: caseTypeSchema,
        reason: text(500).default(''),
      }),
      handle: async ({ params: { id }, body: { channels, caseType, reason }, caller, requestKey }) => {
        await getContact(sql, id);
        if (caseType !== undefined) {
          requireCalls(channels);
          await optOutOfCaseType(sql, { id: idOfRequest(requestKey), contactId: id, caseType, reason }, caller.actor);
          return accepted({ factId: null, duplicate: false });
        }
        const barred = [...(channels ?? ALL)];
        const body = { kind: 'opted_out', source: 'operator', channels: barred } as const;
        const received = await receive(sql, {
          source: 'api',
          eventKey: `opted_out:${requestKey}`,
          raw: { contactId: id, channels: barred, reason },
          actor: caller.actor,
          fact: { body, contactId: id },
        });
        void announce(deps, received);
        return accepted({ factId: received.factId, duplicate: received.duplicate });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/contacts/:id/opt-in',
      role: 'editor',
      concerns: 'contact',
      operation: {
        id: 'optIn',
        tag: 'Contacts',
        summary: 'Lift an opt-out by a new consent',
        description:
          'Records the consent and lifts the one channel that it is for: calls (`live_call`, `ai_voice`, `prerecorded`), texts (`marketing_sms`) or mail (`marketing_email`). With `caseType` only calls about cases of that type are allowed again. Refused while the telephone provider itself bars the number, and where there is nothing to lift.',
        answers: { 200: OptOutListAnswer },
        problems: ['order_refused'],
        examples: { body: OPT_IN_BODY_EXAMPLE, answer: { items: [LIFTED_EXAMPLE] } },
      },
      params: IdParams,
      body: z.strictObject({
        caseType: caseTypeSchema,
        consent: z.strictObject({
          class: ConsentClassSchema,
          source: text(200).min(1),
          text: text(4000).min(1),
          seller: text(200).default(''),
        }),
      }),
      handle: async ({ params: { id }, body: { caseType = null, consent }, caller, requestKey }) => {
        requireNarrow(caller, caseType);
        const given = { ...consent, id: idOfRequest(requestKey) };
        await liftOptOut(sql, { contactId: id, caseType, consent: given }, caller.actor);
        return ok(toDocument({ items: await listOptOuts(sql, id) }));
      },
    }),
  ];
}

/** What holds for the whole company is lifted by whoever sees all of it. */
function requireNarrow({ caseTypes }: Caller, caseType: string | null): void {
  if (caseTypes === null || caseType !== null) return;
  const detail = `must be one of ${caseTypes.map((type) => `"${type}"`).join(', ')}: an opt-out of every type is not for a key that is limited`;
  throw new ApiError('forbidden', `caseType: ${detail}`, [{ pointer: '#/caseType', detail }]);
}

function requireCalls(channels: readonly Channel[] | undefined): void {
  if (channels === undefined || channels.every((channel) => channel === 'voice')) return;
  const detail = 'only calls can be barred for one type of case';
  throw new ApiError('invalid_body', `#/channels: ${detail}`, [{ pointer: '#/channels', detail, value: channels }]);
}
