import { type Answered, type Ask, exchange } from './http-exchange';
import { noteMark, noteText } from './note-text';
import type { Reach } from './outside-address';
import { CrmError, type CaseStatuses, type Crm, type CrmCase, STATUS_OF_CASE } from './provider';

interface LawRulerOptions {
  /** `https://<firm>.lawruler.com/api-legalcrmapp.aspx`. */
  readonly endpoint: string;
  readonly key: string;
  readonly httpTimeoutMs?: number;
  /** Where the endpoint may lie; null = anywhere, for nobody typed it in. */
  readonly reach: Reach | null;
  /**
   * Reads the conversations of a lead before a note is posted to it. Our stand-in answers that question; whether LawRuler
   * itself does, and under this name of the operation, is NOT verified: its public pages don't say.
   */
  readonly noteLookup: boolean;
}

type Form = Readonly<Record<string, string>>;

/** May the same form be posted again when nobody knows what became of it? */
type Repeat = 'harmless' | 'doubles';

const HTTP_TIMEOUT_MS = 10_000;

/**
 * LawRuler's "Legal CRM API": one address per firm, forms by POST. Never by GET, which would leave the key in every log on the way.
 * A status may be set twice. A note may not: without the look-up, one whose fate is unknown fails for good, so that a person decides.
 */
export function createLawRuler(options: LawRulerOptions): Crm {
  const { endpoint, key, httpTimeoutMs = HTTP_TIMEOUT_MS, noteLookup, reach } = options;
  const ask = async (target: CrmCase, fields: Form, repeat: Repeat): Promise<string> => {
    if (target.externalId === '') throw new CrmError('unknown_case', true, null);
    const form = { ...fields, LeadID: target.externalId, ReturnJSON: 'True', Key: key };
    const answer = await exchange(postOf(endpoint, form), reach, httpTimeoutMs);
    if (answer.kind === 'answered') return accept(answer, repeat);
    if (answer.kind === 'barred') throw new CrmError('configuration', false, null);
    throw answer.bytesLeft ? unclear(repeat) : new CrmError('unreachable', false, null);
  };

  return {
    name: 'lawruler',
    // That SubStatus can be written is NOT verified: GetStatus answers with a field of this name.
    async setStatus(target, status, _marker, { field } = STATUS_OF_CASE) {
      const written = field === 'status' ? { Status: status } : { SubStatus: status };
      await ask(target, { ...written, overridelead: 'true' }, 'harmless');
    },
    async setFields(target, values) {
      // Fields of a firm's own go by their API name, as in `custom894`; ours must not be overwritten by one of them.
      const own = Object.keys(values).find((name) => RESERVED.includes(name.toLowerCase()));
      if (own !== undefined) throw new CrmError('refused', true, null);
      await ask(target, { ...values, overridelead: 'true' }, 'harmless');
    },
    async readStatus(target) {
      try {
        return statusesOf(fieldsOf(await ask(target, { Operation: 'GetStatus' }, 'harmless')));
      } catch (error) {
        if (error instanceof CrmError && error.code === 'unknown_case') return null;
        throw error;
      }
    },
    async postNote(target, text, marker) {
      const tag = noteMark(marker);
      if (noteLookup && (await ask(target, { Operation: 'GetConversations' }, 'harmless')).includes(tag)) return;
      const note = `${noteText(text)}\n${tag}`;
      await ask(target, { Conversation: note, overridelead: 'true' }, noteLookup ? 'harmless' : 'doubles');
    },
    async check() {
      try {
        await ask({ externalId: NOBODY }, { Operation: 'GetStatus' }, 'harmless');
      } catch (error) {
        // Whoever says that there is no such lead has let us in.
        if (!(error instanceof CrmError && error.final)) throw error;
      }
    },
  };
}

const RESERVED = ['key', 'leadid', 'operation', 'overridelead', 'returnjson', 'status', 'substatus', 'conversation'];

function statusesOf(fields: Fields | null): CaseStatuses {
  const word = (name: string) => fields?.get(name)?.trim() ?? '';
  const [status, substatus] = [word('status'), word('substatus')];
  return {
    status: status === '' ? null : status,
    substatuses: substatus === '' ? [] : [{ group: null, value: substatus }],
  };
}

function postOf(endpoint: string, form: Form): Ask {
  return {
    method: 'POST',
    url: new URL(endpoint),
    headers: {
      accept: 'application/json, application/xml;q=0.9, text/xml;q=0.9',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    },
    body: new URLSearchParams(form).toString(),
  };
}

/** No lead has this id. */
const NOBODY = '0';

/** The body of an answer that says yes; anything else is thrown. */
function accept({ status, retryAfterMs, body }: Answered, repeat: Repeat): string {
  if (status === 429) throw new CrmError('rate_limited', false, retryAfterMs);
  // Not final: the firm renews its key, and what waited goes through.
  if (status === 401 || status === 403) throw new CrmError('credentials', false, null);
  if (status >= 500 || status === 408) throw unclear(repeat);
  if (status < 200 || status >= 300) throw new CrmError('refused', true, null);
  const fields = body === null ? null : fieldsOf(body);
  if (body === null || fields === null) throw unclear(repeat);
  if (isFailure(fields)) throw failureOf(fields, retryAfterMs, repeat);
  return body;
}

/** It may have been done, or not. */
function unclear(repeat: Repeat): CrmError {
  return new CrmError('failed', repeat === 'doubles', null);
}

type Fields = ReadonlyMap<string, string>;

/** An answer with status 200 may carry a failure, as JSON or as XML. Its prose is not looked at: only what has the form of a code. */
function failureOf(fields: Fields, retryAfterMs: number | null, repeat: Repeat): CrmError {
  const words = ['code', 'error', 'reason'].map((name) => fields.get(name)?.toLowerCase() ?? '');
  const code = words.map((word) => FAILURE_WORDS.get(word)).find((known) => known !== undefined) ?? 'refused';
  if (code === 'failed') return unclear(repeat);
  return new CrmError(
    code,
    code === 'refused' || code === 'unknown_case',
    code === 'rate_limited' ? retryAfterMs : null,
  );
}

const FAILURE_WORDS: ReadonlyMap<string, CrmError['code']> = new Map<string, CrmError['code']>([
  ['invalid_api_key', 'credentials'],
  ['unauthorized', 'credentials'],
  ['forbidden', 'credentials'],
  ['not_found', 'unknown_case'],
  ['rate_limited', 'rate_limited'],
  ['internal_error', 'failed'],
  ['service_unavailable', 'failed'],
]);

const NO: readonly string[] = ['false', '0', 'no'];
const NOTHING: readonly string[] = ['', 'null', '[]', '{}', ...NO];
const FAILED: readonly string[] = ['error', 'failed', 'failure'];

function isFailure(fields: Fields): boolean {
  if (['success', 'ok'].some((name) => NO.includes(fields.get(name)?.toLowerCase() ?? ''))) return true;
  if (['error', 'errors'].some((name) => !NOTHING.includes(fields.get(name)?.toLowerCase() ?? ''))) return true;
  // Beside a lead, "status" is the lead's.
  return !fields.has('leadid') && FAILED.includes(fields.get('status')?.toLowerCase() ?? '');
}

/** The fields of the answer by lower-case name; null for what is neither JSON nor XML, such as a page that asks to log in. */
function fieldsOf(body: string): Fields | null {
  const text = body.trim();
  return text.startsWith('<') ? fieldsOfXml(text) : fieldsOfJson(text);
}

function fieldsOfJson(text: string): Fields | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value) && Object.keys(value).length === 0) return null;
  // A list is as good as its worst entry, and an empty one is an answer too.
  const entries = Array.isArray(value)
    ? value.flatMap((item: unknown) => (typeof item === 'object' && item !== null ? [item] : []))
    : [value];
  return new Map(
    entries.flatMap((entry) => Object.entries(entry)).map(([name, field]) => [name.toLowerCase(), textOf(field)]),
  );
}

/** Only leaves are read, and only to look for a failure: no parser, so no entities and no doctypes to attack it with. */
function fieldsOfXml(text: string): Fields | null {
  if (/^<(?:!doctype|html)\b/i.test(text)) return null;
  const leaves = [...text.matchAll(/<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>([^<]*)<\/\1\s*>/g)];
  const fields = leaves.map(([, name = '', content = '']): [string, string] => [name.toLowerCase(), content.trim()]);
  return fields.length === 0 ? null : new Map(fields);
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : JSON.stringify(field);
}
