import { type Request, type Response, Router } from 'express';
import { type Answer, give } from '../fault-answer';
import type { World } from '../world';
import type { Account, Call } from './account';
import { attemptIdOf, type Form, FormSchema, readCallOrder, textOf } from './call-order';
import type { Calls } from './calls';
import { callRecordRoutes } from './call-record-routes';
import { errorAnswer } from './error';
import { isInDays, pageOf, queryOf, sidOf } from './listing';
import { accountUri, callResource } from './resource';
import { createSpoiledAnswer } from './spoiled-answer';

export interface CallRouteParts {
  readonly account: Account;
  readonly calls: Calls;
}

/**
 * POST /Calls.json         makes a call
 * GET  /Calls.json         finds calls by To, From, Status, StartTime, EndTime
 * GET  /Calls/{sid}.json   shows a call
 * GET  /Calls/{sid}/Recordings.json   its recordings: one of each call that a person answered
 * DELETE /Recordings/{sid}.json, DELETE /Calls/{sid}.json   forgets it
 * POST /Calls/{sid}.json   ends it (Status=canceled or completed) or sends it elsewhere (Url or Twiml)
 */
export function callRoutes(world: World, { account, calls }: CallRouteParts): Router {
  const { accountSid } = world.settings;
  const { ledger } = world;
  const answer = createSpoiledAnswer(world);
  const router = Router();
  router.post('/Calls.json', create);
  router.get('/Calls.json', list);
  router.get('/Calls/:sid.json', show);
  router.post('/Calls/:sid.json', update);
  router.use(callRecordRoutes(world, account));
  return router;

  async function create(request: Request, response: Response): Promise<void> {
    const form = FormSchema.parse(request.body);
    const [to, from, attemptId] = [
      textOf(form, 'To'),
      textOf(form, 'From'),
      attemptIdOf(textOf(form, 'StatusCallback')),
    ];
    const refuse = (detail: Record<string, unknown>): Promise<unknown> =>
      ledger.record({ channel: 'voice', kind: 'create', to, from, attemptId, accepted: false, detail });
    const order = readCallOrder(form);
    if (typeof order === 'number') {
      await refuse({ code: order });
      return give(response, errorAnswer(order));
    }
    await answer(
      response,
      { channel: 'voice', operation: 'create', to: order.to, attemptId },
      {
        execute: async (fault) => shown(await calls.place(order, fault?.mode ?? null), 201),
        leave: (fault) => refuse({ fault: fault.mode }),
      },
    );
  }

  async function list(request: Request, response: Response): Promise<void> {
    const query = queryOf(request);
    const [to, from] = [query.get('To') ?? undefined, query.get('From') ?? undefined];
    await ledger.record({ channel: 'voice', kind: 'list', to, from, detail: { query: Object.fromEntries(query) } });
    const newestFirst = [...account.calls.values()].reverse().filter((call) => fits(call, query));
    const resource = (call: Call): unknown => callResource(call, accountSid);
    const path = `${accountUri(accountSid)}/Calls.json`;
    await answer(
      response,
      { channel: 'voice', operation: 'lookup', to: to ?? '' },
      {
        execute: async () => ({ status: 200, body: pageOf(query, { path, key: 'calls', newestFirst, resource }) }),
      },
    );
  }

  async function show(request: Request, response: Response): Promise<void> {
    const about = aboutOf(request);
    await ledger.record({ channel: 'voice', kind: 'fetch', ...about, detail: {} });
    const call = account.calls.get(about.sid);
    await answer(
      response,
      { channel: 'voice', operation: 'lookup', to: about.to ?? '', attemptId: about.attemptId },
      {
        execute: async () => (call === undefined ? errorAnswer(20404) : shown(call, 200)),
      },
    );
  }

  async function update(request: Request, response: Response): Promise<void> {
    const about = aboutOf(request);
    const form = FormSchema.parse(request.body);
    await ledger.record({ channel: 'voice', kind: 'update', ...about, status: textOf(form, 'Status'), detail: {} });
    const call = account.calls.get(about.sid);
    await answer(
      response,
      { channel: 'voice', operation: 'update', to: about.to ?? '', attemptId: about.attemptId },
      {
        execute: async () => {
          if (call === undefined) return errorAnswer(20404);
          return (await change(call, form)) ? shown(call, 200) : errorAnswer(21220);
        },
      },
    );
  }

  /** False if the call is in no state for it. */
  async function change(call: Call, form: Form): Promise<boolean> {
    const status = textOf(form, 'Status');
    if (status === 'canceled' || status === 'completed') return calls.end(call, status);
    const [url, twiml] = [textOf(form, 'Url'), textOf(form, 'Twiml')];
    if (twiml !== undefined) return calls.redirect(call, { twiml });
    return (
      url !== undefined && calls.redirect(call, { url, method: textOf(form, 'Method') === 'GET' ? 'GET' : 'POST' })
    );
  }

  function aboutOf(request: Request): {
    sid: string;
    to: string | undefined;
    from: string | undefined;
    attemptId: string | undefined;
  } {
    const sid = sidOf(request);
    const call = account.calls.get(sid);
    return { sid, to: call?.order.to, from: call?.order.from, attemptId: call?.attemptId };
  }

  function shown(call: Call, status: number): Answer {
    return { status, body: callResource(call, accountSid) };
  }
}

function fits(call: Call, query: URLSearchParams): boolean {
  const [to, from, status] = [query.get('To'), query.get('From'), query.get('Status')];
  return (
    (to === null || to === call.order.to) &&
    (from === null || from === call.order.from) &&
    (status === null || status === call.status) &&
    isInDays(call.startedRt, query, 'StartTime') &&
    isInDays(call.endedRt, query, 'EndTime')
  );
}
