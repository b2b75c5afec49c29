import * as z from 'zod';
import { Actor, At, Count, Id, pageOfAnswers, RealTime, Revision } from './fields';

export const ConnectionAnswer = z
  .object({
    id: Id,
    name: z.string(),
    kind: z.enum(['lawruler', 'smartadvocate', 'http']),
    fromEnvironment: z.boolean().describe('Set up in the environment of the workers, and to be changed there alone.'),
    settings: z.record(z.string(), z.unknown()).describe('As they were given, defaults filled in.'),
    hasCredentials: z.boolean().describe('Credentials are kept encrypted and are in no answer.'),
    isDefault: z.boolean().describe('Campaigns that name no connection use it.'),
    state: z.enum(['ok', 'held', 'disabled']).describe('Actions of a connection that is not `ok` wait for it.'),
    reason: z
      .enum(['credentials', 'outage', 'configuration', 'by_hand'])
      .nullable()
      .describe(
        '`credentials`: refused or expired. `outage`: several actions in a row had no answer. `configuration`: no request can succeed as it is set up. `by_hand`: an operator disabled it.',
      ),
    since: RealTime.describe('When this state began.'),
    proven: z
      .boolean()
      .describe('false = nothing has gone through since it was let go on: one action tries, the others wait for it.'),
    held: Count.describe('Actions that wait for it.'),
    heldSince: RealTime.nullable().describe('How long the first of them has waited.'),
    nextCheckAt: RealTime.nullable().describe(
      'When it will be asked whether it is well; null = when somebody says so.',
    ),
    lastCheck: z.object({ at: RealTime, result: z.string().describe('`ok`, or why it failed.') }).nullable(),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
    updatedBy: Actor,
  })
  .meta({ id: 'Connection', description: 'A system outside that actions write into.' });

export const ConnectionPageAnswer = pageOfAnswers('Connection', ConnectionAnswer);

export const CampaignConnectionAnswer = z
  .object({ connectionId: Id.nullable().describe('null = the default connection.') })
  .meta({ id: 'CampaignConnection', description: 'Where the actions of a campaign go.' });

const SETTINGS_EXAMPLE = {
  baseUrl: 'https://crm.example.com/api/v2',
  auth: { kind: 'header', name: 'X-Api-Key' },
  setStatus: { method: 'PUT', path: '/cases/{{case.id}}/status', body: { status: '{{status}}' } },
  addNote: {
    method: 'POST',
    path: '/cases/{{case.id}}/notes',
    body: { text: '{{note}}', externalId: '{{operationId}}' },
  },
  findNote: { path: '/cases/{{case.id}}/notes?externalId={{operationId}}', within: '/notes' },
  test: { path: '/me' },
  success: { pointer: '/ok', equals: true },
  failure: { pointer: '/error/code', codes: { session_expired: 'credentials' } },
};

export const CONNECTION_BODY_EXAMPLE = {
  name: 'Case manager',
  kind: 'http',
  settings: SETTINGS_EXAMPLE,
  credentials: { token: 'the key that the CRM gave you' },
};

export const CONNECTION_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a0e',
  name: 'Case manager',
  kind: 'http',
  fromEnvironment: false,
  settings: {
    ...SETTINGS_EXAMPLE,
    auth: { kind: 'header', name: 'X-Api-Key', prefix: '' },
    honoursIdempotencyKey: false,
    timeoutSeconds: 10,
  },
  hasCredentials: true,
  isDefault: false,
  state: 'ok',
  reason: null,
  since: '2027-03-01T14:00:00.000Z',
  proven: true,
  held: 0,
  heldSince: null,
  nextCheckAt: null,
  lastCheck: null,
  revision: 1,
  createdAt: '2027-03-01T14:00:00.000Z',
  updatedAt: '2027-03-01T14:00:00.000Z',
  updatedBy: 'key:Ada',
};

export const CAMPAIGN_CONNECTION_EXAMPLE = { connectionId: CONNECTION_EXAMPLE.id };
