import express, { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { type Answer, answerUnder, type FaultWords, give, isExecuted } from './fault-answer';
import type { Operation } from './fault-rule';
import { type Account, createAccounts, type HttpCrmControl } from './http-crm-accounts';
import type { World } from './world';

export interface HttpCrm {
  readonly router: Router;
  /** Changes what an account lets in, and shows what is in it; for `/sim/http-crm`. */
  readonly control: Router;
  clear(): void;
}

const ControlSchema: z.ZodType<HttpCrmControl> = z
  .strictObject({
    apiKey: z.string().min(1),
    clientSecret: z.string().min(1),
    tokenSeconds: z.number().positive(),
    rotatesRefreshTokens: z.boolean(),
    revokeTokens: z.boolean(),
    honoursIdempotencyKey: z.boolean(),
  })
  .partial();

interface Asked {
  readonly account: Account;
  readonly operation: Operation;
  readonly caseId: string;
  /** Does it, and says what was done. */
  readonly execute: () => Answer;
}

/**
 * A CRM with a JSON API, one account for each name in the path: `/http-crm/<account>/…`.
 * PUT cases/:id/status {status} · POST cases/:id/notes {text, externalId} · GET cases/:id/notes?externalId= · GET me
 * POST oauth/token. A case springs into being when it is first named, except those whose id begins with "missing".
 */
export function createHttpCrm({ background, ledger, faults }: World): HttpCrm {
  const accounts = createAccounts(ledger.entries({ channel: 'crm' }));

  async function carryOut(request: Request, response: Response, asked: Asked): Promise<void> {
    const { account, operation, caseId } = asked;
    const fault = await faults.drawRequest({ channel: 'crm', operation, to: caseId });
    const isLetIn = account.letsIn(request.get('authorization'), request.get('x-api-key'));
    const refusal = isLetIn ? (caseId.startsWith('missing') ? NOT_FOUND : null) : UNAUTHORIZED;
    const isDone = (fault === null || isExecuted(fault)) && refusal === null;
    const detail = { account: account.name, refusal: refusal?.status ?? null, fault: fault?.mode ?? null };
    await write(request, asked, isDone, detail);
    await answerUnder(fault, response, WORDS, async () => refusal ?? asked.execute(), background.signal);
  }

  async function write(request: Request, asked: Asked, accepted: boolean, more: object): Promise<void> {
    const { account, operation, caseId: to } = asked;
    const { status, text, externalId } = BodySchema.parse(request.body ?? {});
    const about = { channel: 'crm', to, accepted } as const;
    const idempotencyKey = request.get('idempotency-key') ?? null;
    if (operation === 'lookup') await ledger.record({ ...about, kind: 'crm_lookup', detail: { ...more } });
    if (operation === 'status')
      await ledger.record({ ...about, kind: 'crm_status', status, detail: { ...more, idempotencyKey } });
    if (operation !== 'note') return;
    const isRepeated = account.isRepeated(idempotencyKey);
    // The same marker twice is what must never happen: the client has not looked.
    const isDuplicate = accepted && !isRepeated && account.hasNote(to, externalId ?? '');
    const detail = { ...more, text, externalId, idempotencyKey, isRepeated, isDuplicate };
    await ledger.record({ ...about, kind: 'crm_note', detail });
  }

  const router = Router();
  router.use(express.json(), express.urlencoded({ extended: false }));
  router.post('/:account/oauth/token', (request: Request<{ account: string }>, response) => {
    give(response, accounts.of(request.params.account).token(request.body ?? {}, request.get('authorization')));
  });
  router.get('/:account/me', async (request: Request<{ account: string }>, response) => {
    const account = accounts.of(request.params.account);
    await carryOut(request, response, {
      account,
      operation: 'lookup',
      caseId: '',
      execute: () => yes({ account: account.name }),
    });
  });
  router.put('/:account/cases/:id/status', async (request: Request<{ account: string; id: string }>, response) => {
    const account = accounts.of(request.params.account);
    const { id: caseId } = request.params;
    const { status = '' } = BodySchema.parse(request.body ?? {});
    const execute = () => {
      account.setStatus(caseId, status);
      return yes({ id: caseId, status });
    };
    await carryOut(request, response, { account, operation: 'status', caseId, execute });
  });
  router.post('/:account/cases/:id/notes', async (request: Request<{ account: string; id: string }>, response) => {
    const account = accounts.of(request.params.account);
    const { id: caseId } = request.params;
    const { text = '', externalId = '' } = BodySchema.parse(request.body ?? {});
    const execute = () => {
      account.addNote(caseId, { text, externalId }, request.get('idempotency-key') ?? null);
      return yes({ id: caseId });
    };
    await carryOut(request, response, { account, operation: 'note', caseId, execute });
  });
  router.get('/:account/cases/:id/notes', async (request: Request<{ account: string; id: string }>, response) => {
    const account = accounts.of(request.params.account);
    const { id: caseId } = request.params;
    const { externalId } = QuerySchema.parse(request.query);
    const execute = () => yes({ notes: account.notesOf(caseId, externalId) });
    await carryOut(request, response, { account, operation: 'lookup', caseId, execute });
  });

  const control = Router();
  control.get('/:account', (request: Request<{ account: string }>, response) => {
    response.json(accounts.of(request.params.account).shown());
  });
  control.put('/:account', (request: Request<{ account: string }>, response) => {
    const account = accounts.of(request.params.account);
    account.change(ControlSchema.parse(request.body));
    response.json(account.shown());
  });

  return { router, control, clear: () => accounts.clear() };
}

const BodySchema = z.object({
  status: z.string().optional(),
  text: z.string().optional(),
  externalId: z.string().optional(),
});
const QuerySchema = z.object({ externalId: z.string().optional() });

const NOT_FOUND: Answer = { status: 404, body: { ok: false, error: { code: 'not_found' } } };
const UNAUTHORIZED: Answer = { status: 401, body: { ok: false, error: { code: 'invalid_token' } } };

const WORDS: FaultWords = {
  tooManyRequests: (seconds) => ({
    status: 429,
    body: { ok: false, error: { code: 'rate_limited' } },
    headers: { 'retry-after': String(seconds) },
  }),
  failed: (status) => ({ status, body: '<html><body>Gateway</body></html>', contentType: 'text/html' }),
  errorInside: () => yes({ ok: false, error: { code: 'internal_error', message: 'Something went wrong' } }),
  unauthorized: () => UNAUTHORIZED,
};

function yes(body: object): Answer {
  return { status: 200, body: { ok: true, ...body } };
}
