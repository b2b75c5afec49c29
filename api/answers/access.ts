import * as z from 'zod';
import { ENTITIES } from '../../db/change-log';
import { RoleSchema } from '../route';
import { ScopeSchema } from '../scopes';
import { Actor, At, Id, pageOfAnswers, RealTime, Revision } from './fields';

const Scopes = z.array(ScopeSchema).nullable().describe('What the key is limited to; null = whatever its role allows.');

const CaseTypes = z
  .array(z.string())
  .nullable()
  .describe('The case types that the key sees and changes, and no other; null = all of them.');

const apiKey = {
  id: Id,
  name: z.string(),
  prefix: z.string().describe('The beginning of the key, by which its owner knows it.'),
  role: RoleSchema,
  scopes: Scopes,
  caseTypes: CaseTypes,
  disabled: z.boolean(),
  createdAt: RealTime,
  createdBy: Actor,
  lastUsedAt: RealTime.nullable().describe('To the minute; null = never.'),
  expiresAt: RealTime.nullable().describe('From then on it lets nobody in; null = no end.'),
  revision: Revision,
};

export const ApiKeyAnswer = z.object(apiKey).meta({ id: 'ApiKey', description: 'A key without its secret.' });
export const NewApiKeyAnswer = z
  .object({ ...apiKey, key: z.string().describe('The key itself. It is in this answer and in no other.') })
  .meta({ id: 'NewApiKey' });
export const ApiKeyPageAnswer = pageOfAnswers('ApiKey', ApiKeyAnswer);

export const API_KEY_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a0c',
  name: 'Intake form',
  prefix: 'ft_5b1c0de5a1b2',
  role: 'editor',
  scopes: ['contacts:write', 'facts:write'],
  caseTypes: ['Injury'],
  disabled: false,
  createdAt: '2027-03-01T14:00:00.000Z',
  createdBy: 'key:Ada',
  lastUsedAt: null,
  expiresAt: null,
  revision: 1,
};

export const SessionAnswer = z
  .object({
    keyId: Id,
    name: z.string().describe('Of the API key that lets this caller in.'),
    role: RoleSchema,
    scopes: Scopes,
    caseTypes: CaseTypes,
    session: z
      .object({
        endsAt: RealTime.describe('When it ends whatever happens.'),
        idleEndsAt: RealTime.describe('When it ends unless something is asked until then.'),
      })
      .nullable()
      .describe('null = the request came with a key and not with a cookie.'),
    simulated: z.boolean().describe('Every provider is the simulator: nobody is really called.'),
    temporalUiUrl: z.string().nullable().describe('Where workflows can be looked at.'),
  })
  .meta({ id: 'Session', description: 'Who asks.' });

export const SESSION_EXAMPLE = {
  keyId: API_KEY_EXAMPLE.id,
  name: 'Ada',
  role: 'admin',
  scopes: null,
  caseTypes: null,
  session: { endsAt: '2027-03-02T14:00:00.000Z', idleEndsAt: '2027-03-01T16:00:00.000Z' },
  simulated: true,
  temporalUiUrl: 'http://127.0.0.1:8233',
};

const ChangeAnswer = z
  .object({
    id: z.int(),
    at: At,
    recordedAt: RealTime,
    actor: Actor,
    apiKeyId: Id.nullable().describe('The key of the actor, whose name may have changed since.'),
    entity: z.enum(ENTITIES),
    entityId: z.string(),
    change: z.string().describe('What was done: `created`, `changed`, `campaign_launched`, `order:stop_calls`, …'),
    data: z
      .record(z.string(), z.unknown())
      .describe('Names of fields, numbers and ids; never what was written into them.'),
    requestId: z.string().nullable().describe('The X-Request-Id of the request that did it.'),
  })
  .meta({ id: 'Change', description: 'Somebody changed something.' });

export const ChangePageAnswer = pageOfAnswers('Change', ChangeAnswer);

export const CHANGE_EXAMPLE = {
  id: 41,
  at: '2027-03-01T14:00:00.000Z',
  recordedAt: '2027-03-01T14:00:00.000Z',
  actor: 'key:Ada',
  apiKeyId: API_KEY_EXAMPLE.id,
  entity: 'settings',
  entityId: 'settings',
  change: 'changed',
  data: { fields: ['callerNumbers'] },
  requestId: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a0d',
};
