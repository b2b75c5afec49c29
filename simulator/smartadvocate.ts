import { randomUUID } from 'node:crypto';
import express, { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { type Answer, answerUnder, type FaultWords, give, isExecuted } from './fault-answer';
import type { Operation } from './fault-rule';
import type { LedgerEntry, LedgerKind } from './ledger-entry';
import type { World } from './world';

export const SIMULATED_SMARTADVOCATE = { username: 'simulated-user', password: 'simulated-password' };

const STATUSES = [
  { id: 1, description: 'New' },
  { id: 2, description: 'Retained' },
  { id: 3, description: 'Unreachable' },
  { id: 4, description: 'Intake Complete' },
];
const SECOND_STATUSES = [
  { statusID: 11, statusTypeName: 'Dialer Status', statusName: 'To Dial' },
  { statusID: 12, statusTypeName: 'Dialer Status', statusName: 'Busy' },
  { statusID: 21, statusTypeName: 'Campaign Status', statusName: 'Successful' },
];
const NOTE_TYPES = [
  { id: 1, description: 'General' },
  { id: 3, description: 'Intake' },
];
/** CaseSync's own id of a case is none of its number. */
const FIRST_ID = 900_000;

interface Case {
  readonly id: number;
  status: number | string;
  readonly second: Map<string, number | string>;
  readonly notes: { readonly text: string; readonly type: unknown }[];
  readonly fields: Map<string, string>;
}

export interface SmartAdvocate {
  readonly router: Router;
  /** What somebody at the firm does by hand, and what is there; for `/sim/smartadvocate`. */
  readonly control: Router;
  clear(): void;
}

/** Numbers or, where somebody mapped a name by hand, texts. */
const idSchema = z.union([z.number(), z.string()]);
const BodySchema = z.object({
  Username: z.string().optional(),
  Password: z.string().optional(),
  caseStatusID: idSchema.optional(),
  statusID: idSchema.optional(),
  statusTypeName: z.string().optional(),
  noteText: z.string().optional(),
  noteTypeID: idSchema.optional(),
  fieldName: z.string().optional(),
  value: z.string().optional(),
});
type Body = z.infer<typeof BodySchema>;

const QuerySchema = z.object({ Casenumber: z.string().catch(''), CaseNumber: z.string().catch('') });

const ControlSchema = z
  .strictObject({ status: idSchema, second: z.record(z.string(), idSchema), revokeTokens: z.boolean() })
  .partial();

/**
 * SmartAdvocate's CaseSync as far as public descriptions go, with the paths that are the product's defaults: whoever signs in
 * gets a token for two hours, a case goes by its number and has an id of its own, and a note is written each time that it is
 * sent. What writes a status, a note or a field is an assumption; so are the lists. Cases whose number begins with "missing"
 * are not there.
 */
export function createSmartAdvocate({ background, ledger, faults }: World): SmartAdvocate {
  const cases = new Map<string, Case>();
  const tokens = new Set<string>();
  for (const entry of ledger.entries({ channel: 'crm' })) restore(entry);

  const caseOf = (number: string): Case => {
    const found = cases.get(number) ?? {
      id: FIRST_ID + cases.size,
      status: 1,
      second: new Map(),
      notes: [],
      fields: new Map(),
    };
    cases.set(number, found);
    return found;
  };
  const numberOf = (id: string) => [...cases].find(([, each]) => String(each.id) === id)?.[0] ?? '';

  interface Asked {
    readonly operation: Operation;
    readonly number: string;
    readonly kind: LedgerKind;
    readonly status?: number | string | undefined;
    readonly detail?: Readonly<Record<string, unknown>>;
    readonly execute: (found: Case) => unknown;
  }

  async function carryOut(request: Request, response: Response, asked: Asked): Promise<void> {
    const { operation, number, kind, status, detail, execute } = asked;
    const fault = await faults.drawRequest({ channel: 'crm', operation, to: number });
    const isLetIn = tokens.has((request.get('authorization') ?? '').replace(/^Bearer /, ''));
    const isKnown = number !== '' && !number.startsWith('missing');
    const refusal = isLetIn ? (isKnown || kind === 'crm_list' ? null : NOT_FOUND) : UNAUTHORIZED;
    const isDone = (fault === null || isExecuted(fault)) && refusal === null;
    const about = { channel: 'crm', to: number, accepted: isDone, kind } as const;
    const text = detail?.['text'];
    // The same marker twice is what must never happen: the client has not looked.
    const isDuplicate = isDone && kind === 'crm_note' && caseOf(number).notes.some((note) => note.text === text);
    await ledger.record({
      ...about,
      ...(status === undefined ? {} : { status: String(status) }),
      detail: { crm: 'smartadvocate', ...detail, isDuplicate, fault: fault?.mode ?? null },
    });
    const answer = async (): Promise<Answer> =>
      refusal ?? { status: 200, body: execute(kind === 'crm_list' ? EMPTY : caseOf(number)) ?? { success: true } };
    await answerUnder(fault, response, WORDS, answer, background.signal);
  }

  function restore({ kind, to, accepted, status, detail }: LedgerEntry): void {
    if (detail['crm'] !== 'smartadvocate' || accepted !== true || to === undefined) return;
    const found = caseOf(to);
    const { group, text, noteTypeID } = detail;
    if (kind === 'crm_status' && typeof group === 'string') found.second.set(group, status ?? '');
    else if (kind === 'crm_status') found.status = status ?? '';
    if (kind === 'crm_note') found.notes.push({ text: String(text), type: noteTypeID });
  }

  const router = Router();
  router.use(express.json());
  router.post('/Users/authenticate', (request, response) => {
    const { Username, Password } = BodySchema.parse(request.body ?? {});
    const isUser = Username === SIMULATED_SMARTADVOCATE.username && Password === SIMULATED_SMARTADVOCATE.password;
    if (!isUser) return give(response, { status: 400, body: { message: 'Username or password is incorrect' } });
    const token = `jwt.${randomUUID()}`;
    tokens.add(token);
    return give(response, { status: 200, body: { username: Username, userID: 7, token } });
  });
  router.get('/case/CaseInfo', (request, response) =>
    carryOut(request, response, {
      operation: 'lookup',
      number: QuerySchema.parse(request.query).Casenumber,
      kind: 'crm_lookup',
      execute: infoOf,
    }),
  );
  router.get('/case/notes/byCaseNumber', (request, response) =>
    carryOut(request, response, {
      operation: 'lookup',
      number: QuerySchema.parse(request.query).CaseNumber,
      kind: 'crm_lookup',
      execute: ({ notes }) => notes.map(({ text, type }) => ({ noteText: text, noteTypeID: type })),
    }),
  );
  for (const [path, list] of [
    ['/case/CaseStatuses', STATUSES],
    ['/case/SecondStatuses', SECOND_STATUSES],
    ['/case/NoteTypes', NOTE_TYPES],
  ] as const)
    router.get(path, (request, response) =>
      carryOut(request, response, { operation: 'lookup', number: '', kind: 'crm_list', execute: () => list }),
    );
  const write = (
    path: string,
    operation: Operation,
    kind: LedgerKind,
    tell: (body: Body) => object,
    execute: (found: Case, body: Body) => void,
  ) =>
    router.all(path, (request: Request<{ id: string }>, response) => {
      const body = BodySchema.parse(request.body ?? {});
      const asked = { operation, kind, number: numberOf(request.params.id), detail: { ...tell(body) } };
      const status = body.caseStatusID ?? body.statusID;
      return carryOut(request, response, { ...asked, status, execute: (found) => execute(found, body) });
    });
  write(
    '/case/:id/status',
    'status',
    'crm_status',
    () => ({}),
    (found, body) => {
      found.status = body.caseStatusID ?? '';
    },
  );
  write(
    '/case/:id/secondStatuses',
    'status',
    'crm_status',
    ({ statusTypeName }) => ({ group: statusTypeName }),
    (found, body) => {
      found.second.set(body.statusTypeName ?? '', body.statusID ?? '');
    },
  );
  write(
    '/case/:id/notes',
    'note',
    'crm_note',
    ({ noteText, noteTypeID }) => ({ text: noteText, noteTypeID }),
    (found, body) => {
      found.notes.push({ text: body.noteText ?? '', type: body.noteTypeID });
    },
  );
  write(
    '/case/:id/userDefinedFields',
    'status',
    'crm_field',
    ({ fieldName, value }) => ({ field: fieldName, value }),
    (found, body) => {
      found.fields.set(body.fieldName ?? '', body.value ?? '');
    },
  );

  const control = Router();
  control.put('/:number', (request: Request<{ number: string }>, response) => {
    const { status, second, revokeTokens } = ControlSchema.parse(request.body);
    const found = caseOf(request.params.number);
    if (status !== undefined) found.status = status;
    for (const [group, value] of Object.entries(second ?? {})) found.second.set(group, value);
    if (revokeTokens === true) tokens.clear();
    response.json(infoOf(found));
  });
  control.get('/:number', (request: Request<{ number: string }>, response) => {
    const found = caseOf(request.params.number);
    response.json({ ...infoOf(found), notes: found.notes, fields: Object.fromEntries(found.fields) });
  });
  return {
    router,
    control,
    clear() {
      cases.clear();
      tokens.clear();
    },
  };
}

const EMPTY: Case = { id: 0, status: 1, second: new Map(), notes: [], fields: new Map() };

function infoOf({ id, status, second }: Case) {
  return {
    caseID: id,
    caseStatusID: status,
    caseStatus: STATUSES.find((each) => each.id === status)?.description ?? '',
    secondStatuses: [...second].map(([statusTypeName, statusID]) => ({
      statusID,
      statusTypeName,
      statusName: SECOND_STATUSES.find((each) => each.statusID === statusID)?.statusName ?? '',
    })),
  };
}

const NOT_FOUND: Answer = { status: 404, body: { message: 'Case not found' } };
const UNAUTHORIZED: Answer = { status: 401, body: { message: 'Unauthorized' } };

const WORDS: FaultWords = {
  tooManyRequests: (seconds) => ({
    status: 429,
    body: { message: 'Too many requests' },
    headers: { 'retry-after': String(seconds) },
  }),
  failed: (status) => ({ status, body: '<html><body>Gateway</body></html>', contentType: 'text/html' }),
  errorInside: () => ({ status: 200, body: { error: 'internal_error' } }),
  unauthorized: () => UNAUTHORIZED,
};
