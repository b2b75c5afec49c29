import * as z from 'zod';
import { ChannelSchema } from '../../domain/channel';
import { Actor, At, EXAMPLE_IDS, Id, pageOfAnswers, RealTime } from './fields';
import { TEMPLATE_ID } from './templates';

const OWN_ADDRESS_ID = '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a11';

export const OwnAddressAnswer = z
  .object({
    id: Id,
    kind: z.enum(['phone', 'email']),
    value: z.string(),
    label: z.string().describe("Whose it is, in the team's words."),
    verifiedAt: RealTime.nullable().describe('null = nobody has confirmed the code yet, so no test goes there.'),
    codeEndsAt: RealTime.nullable().describe('Until when the code that was sent last counts.'),
    createdAt: At,
    actor: Actor,
  })
  .meta({ id: 'OwnAddress', description: 'A phone or mail address of the team, for tests.' });

export const OwnAddressPageAnswer = pageOfAnswers('OwnAddress', OwnAddressAnswer);

const Content = z
  .union([
    z.object({
      kind: z.literal('call'),
      greeting: z.string(),
      voicemail: z.string().nullable(),
      ringSeconds: z.int(),
      language: z.string(),
    }),
    z.object({ kind: z.literal('sms'), text: z.string() }),
    z.object({
      kind: z.literal('email'),
      subject: z.string(),
      text: z.string(),
      companyName: z.string(),
      companyAddress: z.string(),
    }),
    z.object({}).describe('The person whose values stood in it was erased.'),
  ])
  .describe('What it says, word by word.');

export const TestMessageAnswer = z
  .object({
    id: Id,
    ownAddressId: Id.nullable().describe('null = that address was removed.'),
    channel: ChannelSchema,
    content: Content,
    templateId: Id.nullable(),
    templateVersion: z.int().min(1).nullable(),
    campaignId: Id.nullable(),
    runKey: z.string().nullable(),
    stepKey: z.string().nullable().describe('`call`, or the key of a message.'),
    contactId: Id.nullable().describe('Whose values stand in it; null = those of somebody who is none.'),
    state: z
      .enum(['queued', 'claimed', 'accepted', 'not_sent', 'unknown', 'ended'])
      .describe('`unknown`: nobody knows whether it was sent, and it is not sent again.'),
    reason: z.string().nullable().describe('A code: why it was not sent, or is unknown.'),
    status: z.string().nullable().describe("The provider's last word on it."),
    requestedAt: At,
    finishedAt: At.nullable(),
    actor: Actor,
  })
  .meta({ id: 'TestMessage', description: 'A test that the team sent to itself; no attempt at anybody.' });

export const TestMessagePageAnswer = pageOfAnswers('TestMessage', TestMessageAnswer);

export const OWN_ADDRESS_BODY_EXAMPLE = { kind: 'phone', value: '+1 212 555 0190', label: "Ada's phone" };

export const OWN_ADDRESS_EXAMPLE = {
  id: OWN_ADDRESS_ID,
  kind: 'phone',
  value: '+12125550190',
  label: "Ada's phone",
  verifiedAt: null,
  codeEndsAt: '2027-03-01T14:10:00.000Z',
  createdAt: '2027-03-01T14:00:00.000Z',
  actor: 'key:Ada',
};

export const TEST_BODY_EXAMPLE = {
  ownAddressId: OWN_ADDRESS_ID,
  templateId: TEMPLATE_ID,
  contactId: EXAMPLE_IDS.contact,
};

export const TEST_EXAMPLE = {
  id: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a12',
  ownAddressId: OWN_ADDRESS_ID,
  channel: 'sms',
  content: { kind: 'sms', text: 'Hello Asha, this is Our company.' },
  templateId: TEMPLATE_ID,
  templateVersion: 1,
  campaignId: null,
  runKey: null,
  stepKey: null,
  contactId: EXAMPLE_IDS.contact,
  state: 'queued',
  reason: null,
  status: null,
  requestedAt: '2027-03-01T14:00:00.000Z',
  finishedAt: null,
  actor: 'key:Ada',
};
