import type * as z from 'zod';
import type { HttpCrmSettings } from '../../domain/crm-connection';
import { valueAt } from '../../domain/crm-hook';
import { parseTemplate, render, type TemplateValues } from '../../domain/template';
import { readAnswer } from './http-crm-answer';
import { type Admission, admissionOf, type TokenStore } from './http-crm-auth';
import { type Ask, exchange } from './http-exchange';
import { noteMark, noteText } from './note-text';
import type { Reach } from './outside-address';
import { listFrom, statusesFrom } from './http-crm-lists';
import { type Crm, type CrmCase, CrmError, STATUS_OF_CASE } from './provider';

export interface HttpCrmOptions {
  readonly settings: HttpCrmSettings;
  /** As they were kept; what doesn't fit the settings counts as refused. */
  readonly credentials: unknown;
  readonly tokens: TokenStore;
  readonly reach: Reach;
}

/** A request before anybody is let in. */
type Plain = Omit<Ask, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

/**
 * A CRM that is nobody's in particular: JSON over HTTP, every request and every answer as the settings say. A status may be
 * set twice; a note is sent again only where it can be looked for, or where its Idempotency-Key is honoured.
 */
export function createHttpCrm({ settings, credentials, tokens, reach }: HttpCrmOptions): Crm {
  const timeoutMs = settings.timeoutSeconds * 1000;
  const admission = admissionOf({ auth: settings.auth, credentials, tokens, reach, timeoutMs });
  const send = (plain: Plain) => askAs(plain, admission, settings, reach);
  const test = (path: string) => send({ method: 'GET', url: urlOf(settings, path, {}) });
  const ask = async (plain: Plain) => {
    try {
      return await send(plain);
    } catch (error) {
      // What is forbidden for one case alone is no matter of the credentials.
      if (!isTurnedDown(error) || settings.test === undefined) throw error;
      await test(settings.test.path);
      throw new CrmError('refused', true, null, { cause: error });
    }
  };
  const isRepeatable = settings.findNote !== undefined || settings.honoursIdempotencyKey;

  return {
    name: 'http',
    async setStatus(target, status, operationId, { field, group } = STATUS_OF_CASE) {
      const operation = field === 'status' ? settings.setStatus : settings.setSubstatus;
      if (operation === undefined) throw new CrmError('not_supported', true, null);
      const values = { ...valuesOf(target, operationId), status };
      await ask(
        group === null
          ? write(settings, without(operation, 'group'), values)
          : write(settings, operation, { ...values, group }),
      );
    },
    async setFields(target, values, operationId) {
      const { setField } = settings;
      if (setField === undefined) throw new CrmError('not_supported', true, null);
      // One after the other, and each of them again when one fails: the same value twice is the same value.
      for (const [field, value] of Object.entries(values))
        await ask(write(settings, setField, { ...valuesOf(target, operationId), field, value }));
    },
    ...listsOf(settings, (path) => send({ method: 'GET', url: urlOf(settings, path, {}) })),
    ...statusReader(settings, (target, path) =>
      ask({ method: 'GET', url: urlOf(settings, path, valuesOf(target, '')) }),
    ),
    async postNote(target, text, operationId, sentBefore = true, type = null) {
      const values = { ...valuesOf(target, operationId), note: noteText(text) };
      const note =
        type === null
          ? write(settings, without(settings.addNote, 'noteType'), values)
          : write(settings, settings.addNote, { ...values, noteType: type });
      if (sentBefore && !isRepeatable) throw new CrmError('failed', true, null);
      if (sentBefore && (await isThere(settings, values, operationId, ask))) return;
      try {
        await ask(note);
      } catch (error) {
        if (isUnclear(error) && !isRepeatable) throw new CrmError('failed', true, null, { cause: error });
        throw error;
      }
    },
    async check() {
      if (settings.test !== undefined) return void (await test(settings.test.path));
      try {
        await send({ method: 'GET', url: new URL(settings.baseUrl) });
      } catch (error) {
        // Nothing needs to live at the base address: whoever says so answers, and has not turned us away.
        if (!(error instanceof CrmError && error.final)) throw error;
      }
    },
  };
}

/** What the CRM lists of itself, where the settings say how it is asked. */
function listsOf(settings: HttpCrmSettings, get: (path: string) => Promise<unknown>): Pick<Crm, 'list'> {
  const { statuses, substatuses, noteTypes } = settings;
  if (statuses === undefined && substatuses === undefined && noteTypes === undefined) return {};
  return {
    async list() {
      const own = statuses === undefined ? [] : listFrom(await get(statuses.path), statuses);
      const further = substatuses === undefined ? [] : listFrom(await get(substatuses.path), substatuses);
      const types = noteTypes === undefined ? null : listFrom(await get(noteTypes.path), noteTypes);
      return {
        statuses: [
          ...own.map(({ value, label }) => ({ field: 'status' as const, value, label })),
          ...further.map((entry) => ({ field: 'substatus' as const, ...entry })),
        ],
        noteTypes: types,
      };
    },
  };
}

function statusReader(
  { getStatus }: HttpCrmSettings,
  get: (target: CrmCase, path: string) => Promise<unknown>,
): Pick<Crm, 'readStatus'> {
  if (getStatus === undefined) return {};
  return {
    async readStatus(target) {
      try {
        return statusesFrom(await get(target, getStatus.path), getStatus);
      } catch (error) {
        if (error instanceof CrmError && error.code === 'unknown_case') return null;
        throw error;
      }
    },
  };
}

/** One request; with a token that has just expired, once more with another. A request that is turned down does nothing. */
async function askAs(plain: Plain, admission: Admission, settings: HttpCrmSettings, reach: Reach): Promise<unknown> {
  const send = async (admitted: Readonly<Record<string, string>>) =>
    readAnswer(
      await exchange({ ...plain, headers: { ...plain.headers, ...admitted } }, reach, settings.timeoutSeconds * 1000),
      settings,
    );
  const admitted = await admission.headers(null);
  try {
    return await send(admitted);
  } catch (error) {
    if (!admission.isRenewable || !isTurnedDown(error)) throw error;
    return send(await admission.headers(admitted));
  }
}

async function isThere(
  settings: HttpCrmSettings,
  values: TemplateValues,
  operationId: string,
  ask: (plain: Plain) => Promise<unknown>,
): Promise<boolean> {
  const { findNote } = settings;
  if (findNote === undefined) return false;
  try {
    const document = await ask({ method: 'GET', url: urlOf(settings, findNote.path, values) });
    return JSON.stringify(valueAt(document, findNote.within) ?? null).includes(operationId);
  } catch (error) {
    // No such note, or no such case: then writing it will say so.
    if (error instanceof CrmError && error.code === 'unknown_case') return false;
    // Asking is harmless: an answer that got lost here has done nothing.
    if (isUnclear(error)) throw new CrmError('unreachable', false, error.retryAfterMs, { cause: error });
    throw error;
  }
}

function isUnclear(error: unknown): error is CrmError {
  return error instanceof CrmError && error.code === 'failed';
}

function isTurnedDown(error: unknown): error is CrmError {
  return error instanceof CrmError && error.code === 'credentials';
}

function write(
  settings: HttpCrmSettings,
  { method, path, body }: HttpCrmSettings['addNote'],
  values: TemplateValues & { readonly operationId: string },
): Plain {
  return {
    method,
    url: urlOf(settings, path, values),
    headers: { 'content-type': 'application/json', 'idempotency-key': values.operationId },
    body: JSON.stringify(filled(body, values)),
  };
}

/** Variables that there may be no value for. */
const OPTIONAL = { group: /\{\{\s*group\b[^}]*\}\}/g, noteType: /\{\{\s*noteType\b[^}]*\}\}/g } as const;

/** The same request without what would name something that there is none of. */
function without(
  { method, path, body }: HttpCrmSettings['addNote'],
  name: keyof typeof OPTIONAL,
): HttpCrmSettings['addNote'] {
  const tag = OPTIONAL[name];
  return { method, path: path.replaceAll(tag, ''), body: leftOut(body, tag) };
}

function leftOut(body: z.core.util.JSONType, tag: RegExp): z.core.util.JSONType {
  if (typeof body === 'string') return body.replaceAll(tag, '');
  if (Array.isArray(body)) return body.map((item) => leftOut(item, tag));
  if (typeof body !== 'object' || body === null) return body;
  const named = ([, value]: [string, unknown]) => typeof value === 'string' && value.search(tag) >= 0;
  return Object.fromEntries(
    Object.entries(body)
      .filter((entry) => !named(entry))
      .map(([key, value]) => [key, leftOut(value, tag)]),
  );
}

function valuesOf({ externalId }: CrmCase, operationId: string) {
  // As part of a path these would lead elsewhere, however they are encoded.
  if (['', '.', '..'].includes(externalId.trim())) throw new CrmError('unknown_case', true, null);
  return { case: { id: externalId }, operationId, marker: noteMark(operationId) };
}

/** Below the base address, whatever the values are. */
function urlOf({ baseUrl }: HttpCrmSettings, path: string, values: TemplateValues): URL {
  return new URL(`${baseUrl.replace(/\/+$/, '')}${rendered(path, encoded(values))}`);
}

function filled(body: unknown, values: TemplateValues): unknown {
  if (typeof body === 'string') return rendered(body, values);
  if (Array.isArray(body)) return body.map((item: unknown) => filled(item, values));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, filled(value, values)]));
}

function rendered(text: string, values: TemplateValues): string {
  const result = render(parseTemplate(text), values);
  if (!result.ok) throw new CrmError('configuration', false, null);
  return result.text;
}

function encoded(values: TemplateValues): TemplateValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      // What isn't text holds more of it.
      typeof value === 'string' ? encodeURIComponent(value) : encoded(Object(value)),
    ]),
  );
}
