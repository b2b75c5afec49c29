import * as z from 'zod';
import { Actor, At, EXAMPLE_IDS, Id, pageOfAnswers, Revision } from './fields';

export const FeedAnswer = z
  .object({
    id: Id,
    listId: Id,
    connectionId: Id,
    enabled: z.boolean(),
    firstSyncOnly: z.boolean().describe('Only when the CRM tells of a case for the first time.'),
    caseTypes: z.array(z.string()).describe('Only cases of these types; empty = of the type of the list.'),
    statuses: z.array(z.string()).describe('Only cases in one of these statuses; empty = in any.'),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
    actor: Actor,
  })
  .meta({ id: 'ListFeed', description: "What of a CRM's records comes onto a list by itself." });

export const FeedPageAnswer = pageOfAnswers('ListFeed', FeedAnswer);

export const CrmWebhookAnswer = z
  .object({
    url: z.url().describe('A secret: whoever knows it can tell us of cases.'),
    secret: z.string().describe('Signs requests, where the CRM can: see the description.'),
    parameters: z.record(z.string(), z.string()).describe('What may be added to the address, and what it means.'),
  })
  .meta({ id: 'CrmWebhook' });

const MoveAnswer = z
  .object({
    listId: Id,
    move: z.enum(['added', 'removed', 'unchanged', 'refused']),
    reason: z.string().nullable(),
  })
  .meta({ id: 'ListMove' });

const outcome = {
  result: z
    .enum(['created', 'updated', 'repeated', 'refused'])
    .describe('`repeated`: the same was told just before, and nothing has changed.'),
  reason: z.string().nullable(),
  contactId: Id.nullable(),
  lists: z.array(MoveAnswer),
};

export const ArrivalPageAnswer = pageOfAnswers(
  'CrmArrival',
  z.object({ id: z.int(), caseExternalId: z.string(), ...outcome, at: At }).meta({
    id: 'CrmArrival',
    description: 'What a CRM told, and what was made of it.',
  }),
);

export const CrmReceiptAnswer = z
  .object({ ...outcome, leftOut: z.array(z.string()).describe('Fields that were told and mean nothing here.') })
  .meta({ id: 'CrmReceipt' });

export const FEED_BODY_EXAMPLE = {
  listId: EXAMPLE_IDS.list,
  connectionId: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a20',
  firstSyncOnly: true,
  statuses: ['New'],
};

export const FEED_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2b02',
  enabled: true,
  caseTypes: [],
  ...FEED_BODY_EXAMPLE,
  revision: 1,
  createdAt: '2027-03-01T17:00:00.000Z',
  updatedAt: '2027-03-01T17:00:00.000Z',
  actor: 'key:Ada',
};

export const URL_PARAMETERS: Readonly<Record<string, string>> = {
  list_id: 'The list that the case comes onto or leaves.',
  list_name: 'The same by its name, where no list_id is given.',
  list_action: 'add or attach (as when it is left out), remove or detach.',
  remove_from_list: 'true: as list_action=remove.',
  campaign_id: 'The list of this campaign, besides.',
};

export const CRM_WEBHOOK_EXAMPLE = {
  url: 'https://outreach.example.com/webhooks/crm/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  secret: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  parameters: URL_PARAMETERS,
};

export const CRM_RECORD_EXAMPLE = {
  LeadId: '70001',
  CaseType: 'intake',
  Status: 'New',
  FirstName: 'Asha',
  LastName: 'Rivera',
  CellPhone: '+12125550123',
  Email: 'asha@example.com',
};

export const CRM_RECEIPT_EXAMPLE = {
  result: 'created',
  reason: null,
  contactId: EXAMPLE_IDS.contact,
  lists: [{ listId: EXAMPLE_IDS.list, move: 'added', reason: null }],
  leftOut: [],
};

export const ARRIVAL_EXAMPLE = {
  id: 1,
  caseExternalId: '70001',
  result: 'created',
  reason: null,
  contactId: EXAMPLE_IDS.contact,
  lists: CRM_RECEIPT_EXAMPLE.lists,
  at: '2027-03-01T17:00:00.000Z',
};
