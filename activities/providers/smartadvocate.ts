import * as z from 'zod';
import { SmartAdvocateCredentialsSchema, type SmartAdvocateSettings } from '../../domain/smartadvocate-connection';
import { readAnswer } from './http-crm-answer';
import type { FreshToken, TokenStore } from './http-crm-auth';
import { exchange } from './http-exchange';
import { listFrom, wordAt } from './http-crm-lists';
import { htmlNote, noteMark } from './note-text';
import type { Reach } from './outside-address';
import { type CaseStatuses, type Crm, type CrmCase, CrmError, STATUS_OF_CASE } from './provider';

export interface SmartAdvocateOptions {
  readonly settings: SmartAdvocateSettings;
  /** Gives the credentials to whoever renews a token. */
  readonly tokens: TokenStore;
  readonly reach: Reach;
}

/** The sample of a token lives two hours; one that is turned down earlier is renewed anyway. */
const TOKEN_SECONDS = 2 * 3_600;
/** An answer of 200 may carry an error; only what has the form of a code is read. */
const READING = { failure: { pointer: '/error', codes: {} } };

const TokenSchema = z.object({
  token: z
    .string()
    .min(1)
    .max(8_192)
    .regex(/^[\x21-\x7e]+$/),
});

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';
type Ask = (method: Method, path: string, body?: unknown) => Promise<unknown>;

/**
 * SmartAdvocate's CaseSync. A case goes by its number, which CaseSync first turns into its own id. Nothing is known to be
 * idempotent there, so a note is looked for by its marker before it is written. See domain/smartadvocate-connection.ts for
 * which paths are seen in public code and which are assumed.
 */
export function createSmartAdvocate({ settings, tokens, reach }: SmartAdvocateOptions): Crm {
  const { paths, statusMethod, baseUrl } = settings;
  const timeoutMs = settings.timeoutSeconds * 1000;
  const send = async (method: Method, path: string, headers: Record<string, string>, body?: unknown) =>
    readAnswer(
      await exchange(
        {
          method,
          url: new URL(`${baseUrl.replace(/\/+$/, '')}${path}`),
          headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
        reach,
        timeoutMs,
      ),
      READING,
    );
  const token = (refused: string | null) =>
    tokens.use(refused, (latest) => authenticate(latest, (body) => send('POST', paths.authenticate, {}, body)));
  const ask: Ask = async (method, path, body) => {
    const first = await token(null);
    try {
      return await send(method, path, bearer(first), body);
    } catch (error) {
      // A request that is turned down does nothing: once more, with another token.
      if (!(error instanceof CrmError && error.code === 'credentials')) throw error;
      return send(method, path, bearer(await token(first)), body);
    }
  };
  const infoOf = async (target: CrmCase) => read(ask, pathOf(paths.caseInfo, target, ''));
  const idOf = async (target: CrmCase): Promise<string> => {
    const id = wordAt(await infoOf(target), '/caseID');
    if (id === null) throw new CrmError('unknown_case', true, null);
    return id;
  };

  return {
    name: 'smartadvocate',
    async setStatus(target, status, _marker, { field, group } = STATUS_OF_CASE) {
      const id = await idOf(target);
      if (field === 'status') {
        await ask(statusMethod, pathOf(paths.setStatus, target, id), { caseStatusID: numberOr(status) });
        return;
      }
      const body = { statusID: numberOr(status), ...(group === null ? {} : { statusTypeName: group }) };
      await ask(statusMethod, pathOf(paths.setSecondStatus, target, id), body);
    },
    async postNote(target, text, marker, sentBefore = true, type = null) {
      const mark = noteMark(marker);
      if (sentBefore && JSON.stringify(await read(ask, pathOf(paths.notes, target, ''))).includes(mark)) return;
      const id = await idOf(target);
      await ask('POST', pathOf(paths.addNote, target, id), {
        noteText: `${htmlNote(text)}<br>${mark}`,
        subject: 'Outreach',
        ...(type === null ? {} : { noteTypeID: numberOr(type) }),
      });
    },
    async setFields(target, values) {
      const id = await idOf(target);
      for (const [fieldName, value] of Object.entries(values))
        await ask(statusMethod, pathOf(paths.setField, target, id), { fieldName, value });
    },
    async list() {
      const [own, second, types] = [
        await read(ask, paths.statuses),
        await read(ask, paths.secondStatuses),
        await read(ask, paths.noteTypes),
      ];
      return {
        statuses: [
          ...listFrom(own, ENTRY).map(({ value, label }) => ({ field: 'status' as const, value, label })),
          ...listFrom(second, SECOND).map((entry) => ({ field: 'substatus' as const, ...entry })),
        ],
        noteTypes: listFrom(types, ENTRY).map(({ value, label }) => ({ value, label })),
      };
    },
    async readStatus(target) {
      try {
        return statusesOf(await infoOf(target));
      } catch (error) {
        if (error instanceof CrmError && error.code === 'unknown_case') return null;
        throw error;
      }
    },
    async check() {
      await read(ask, paths.statuses);
    },
  };
}

const ENTRY = { within: '', value: '/id', label: '/description' };
const SECOND = { within: '', value: '/statusID', label: '/statusName', group: '/statusTypeName' };

/** Asking is harmless: an answer that got lost here has done nothing. */
async function read(ask: Ask, path: string): Promise<unknown> {
  try {
    return await ask('GET', path);
  } catch (error) {
    if (!(error instanceof CrmError && error.code === 'failed')) throw error;
    throw new CrmError('unreachable', false, error.retryAfterMs, { cause: error });
  }
}

/** Nothing of the effect has been asked for yet, so whatever fails here has done nothing. */
async function authenticate(credentials: unknown, post: (body: object) => Promise<unknown>): Promise<FreshToken> {
  const parsed = SmartAdvocateCredentialsSchema.safeParse(credentials);
  if (!parsed.success) throw new CrmError('credentials', false, null);
  const { username, password } = parsed.data;
  const answer = TokenSchema.safeParse(
    await post({ Username: username, Password: password }).catch((error: unknown) => {
      throw asUnsent(error);
    }),
  );
  // A page of somebody between: CaseSync itself would have given a token or turned us away.
  if (!answer.success) throw new CrmError('unreachable', false, null);
  return { access: answer.data.token, expiresInSeconds: TOKEN_SECONDS, refresh: null };
}

function asUnsent(error: unknown): unknown {
  if (!(error instanceof CrmError)) return error;
  if (error.code === 'failed') return new CrmError('unreachable', false, error.retryAfterMs, { cause: error });
  // 400 at the door is about who asks and with what; a missing door about the paths.
  if (error.code === 'refused') return new CrmError('credentials', false, null, { cause: error });
  return error.code === 'unknown_case' ? new CrmError('configuration', false, null, { cause: error }) : error;
}

function statusesOf(info: unknown): CaseStatuses {
  const second = listFrom(info, {
    within: '/secondStatuses',
    value: '/statusID',
    label: '/statusID',
    group: '/statusTypeName',
  });
  return {
    status: wordAt(info, '/caseStatusID'),
    substatuses: second.map(({ value, group }) => ({ value, group: group ?? null })),
  };
}

function pathOf(template: string, { externalId }: CrmCase, id: string): string {
  // As part of a path these would lead elsewhere, however they are encoded.
  if (['', '.', '..'].includes(externalId.trim())) throw new CrmError('unknown_case', true, null);
  return template.replaceAll('{case}', encodeURIComponent(externalId)).replaceAll('{id}', encodeURIComponent(id));
}

/** Ids are numbers there; who has mapped a name by hand has it sent as it is. */
function numberOr(value: string): number | string {
  return /^\d{1,9}$/.test(value) ? Number(value) : value;
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
