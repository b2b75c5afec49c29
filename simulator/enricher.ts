import express, { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { type Answer, answerUnder, type FaultWords, isExecuted } from './fault-answer';
import type { World } from './world';

export interface Enricher {
  readonly router: Router;
  /** Says what an account knows and lets in, and shows what it was asked; for `/sim/enricher`. */
  readonly control: Router;
  clear(): void;
}

export const SIMULATED_ENRICHER_TOKEN = 'simulated-data-key';

const QuestionSchema = z.object({
  operationId: z.string(),
  kinds: z.array(z.string()),
  person: z.object({ phones: z.array(z.string()), emails: z.array(z.string()) }),
});

const ControlSchema = z
  .strictObject({
    token: z.string().min(1),
    /** So many answers are paid for; null = any number. */
    credit: z.int().min(0).nullable(),
    honoursIdempotencyKey: z.boolean(),
    /** It answers with everything that it knows, whatever was asked. */
    tellsAll: z.boolean(),
    /** What is found of whoever has this address. */
    people: z.record(z.string(), z.array(z.looseObject({ kind: z.string() }))),
  })
  .partial();

interface Account {
  token: string;
  credit: number | null;
  honoursKeys: boolean;
  tellsAll: boolean;
  people: Record<string, readonly object[]>;
  readonly given: Map<string, Answer>;
  asked: number;
  charged: number;
}

const PRICE_MICROS = 120_000;

/**
 * A service that knows more of people, one account for each name in the path: POST `/enricher/<account>/append`. What it finds
 * is paid for, whether or not the answer arrives; the same Idempotency-Key is answered again for nothing only where the account
 * honours it. Numbers come as directories print them, with the known ones and broken ones among them.
 */
export function createEnricher({ background, ledger, faults }: World): Enricher {
  const accounts = new Map<string, Account>();
  const of = (name: string): Account => {
    const found = accounts.get(name) ?? newAccount();
    accounts.set(name, found);
    return found;
  };
  const router = Router();
  router.use(express.json());
  router.post('/:account/append', async (request: Request<{ account: string }>, response: Response) => {
    const account = of(request.params.account);
    const key = request.get('idempotency-key') ?? '';
    const { kinds, person } = QuestionSchema.parse(request.body);
    const to = person.phones[0] ?? person.emails[0] ?? '';
    account.asked += 1;
    const fault = await faults.drawRequest({ channel: 'enrichment', operation: 'lookup', to });
    const refusal = refusalOf(account, request.get('authorization'));
    const isRepeated = account.honoursKeys && account.given.has(key);
    const isDone = (fault === null || isExecuted(fault)) && refusal === null;
    const detail = {
      account: request.params.account,
      kinds,
      idempotencyKey: key,
      isRepeated,
      fault: fault?.mode ?? null,
    };
    await ledger.record({ channel: 'enrichment', kind: 'enrichment', to, accepted: isDone && !isRepeated, detail });
    const execute = async () => refusal ?? answerOf(account, key, [...person.phones, ...person.emails], kinds);
    await answerUnder(fault, response, WORDS, execute, background.signal);
  });

  const control = Router();
  control.get('/:account', (request: Request<{ account: string }>, response) => {
    response.json(shown(of(request.params.account)));
  });
  control.put('/:account', (request: Request<{ account: string }>, response) => {
    const account = of(request.params.account);
    const { token, credit, honoursIdempotencyKey, tellsAll, people } = ControlSchema.parse(request.body);
    account.token = token ?? account.token;
    account.credit = credit === undefined ? account.credit : credit;
    account.honoursKeys = honoursIdempotencyKey ?? account.honoursKeys;
    account.tellsAll = tellsAll ?? account.tellsAll;
    account.people = { ...account.people, ...people };
    response.json(shown(account));
  });
  return { router, control, clear: () => accounts.clear() };
}

function newAccount(): Account {
  return {
    token: SIMULATED_ENRICHER_TOKEN,
    credit: null,
    honoursKeys: false,
    tellsAll: false,
    people: {},
    given: new Map(),
    asked: 0,
    charged: 0,
  };
}

function shown({ asked, charged, credit }: Account) {
  return { asked, charged, credit };
}

function refusalOf({ token, credit }: Account, authorization: string | undefined): Answer | null {
  if (authorization !== `Bearer ${token}`) return { status: 401, body: { error: 'invalid_token' } };
  return credit === 0 ? { status: 402, body: { error: 'insufficient_credit' } } : null;
}

/** Nobody pays for what is not known. */
function answerOf(account: Account, key: string, addresses: readonly string[], kinds: readonly string[]): Answer {
  const given = account.honoursKeys ? account.given.get(key) : undefined;
  if (given !== undefined) return given;
  const all = addresses.flatMap((address) => account.people[address] ?? []);
  const found = all.filter((each) => account.tellsAll || kinds.includes(String(Reflect.get(each, 'kind'))));
  if (found.length === 0) return { status: 404, body: { error: 'no_match' } };
  account.charged += 1;
  if (account.credit !== null) account.credit -= 1;
  const answer = { status: 200, body: { found, costMicros: PRICE_MICROS } };
  account.given.set(key, answer);
  return answer;
}

const WORDS: FaultWords = {
  tooManyRequests: (seconds) => ({
    status: 429,
    body: { error: 'rate_limited' },
    headers: { 'retry-after': String(seconds) },
  }),
  failed: (status) => ({ status, body: '<html><body>Gateway</body></html>', contentType: 'text/html' }),
  errorInside: () => ({ status: 200, body: { error: 'internal_error' } }),
  unauthorized: () => ({ status: 401, body: { error: 'invalid_token' } }),
};
