import { type Request, type Response, Router } from 'express';
import { type Answer, give } from '../fault-answer';
import type { World } from '../world';
import { type Account, isBlocked, type Message } from './account';
import { attemptIdOf, FormSchema, textOf } from './call-order';
import { errorAnswer, type TwilioErrorCode } from './error';
import { isInDays, pageOf, queryOf, sidOf } from './listing';
import { type MessageOrder, readMessageOrder } from './message-order';
import { accountUri, messageResource } from './resource';
import { createSpoiledAnswer } from './spoiled-answer';
import type { Texts } from './texts';

export interface MessageRouteParts {
  readonly account: Account;
  readonly texts: Texts;
}

/**
 * POST /Messages.json         sends a text
 * GET  /Messages.json         finds texts by To, From, DateSent
 * GET  /Messages/{sid}.json   shows a text
 * DELETE /Messages/{sid}.json forgets one that is under way no more
 */
export function messageRoutes(world: World, { account, texts }: MessageRouteParts): Router {
  const { accountSid } = world.settings;
  const { ledger } = world;
  const answer = createSpoiledAnswer(world);
  const router = Router();
  router.post('/Messages.json', create);
  router.get('/Messages.json', list);
  router.get('/Messages/:sid.json', show);
  router.delete('/Messages/:sid.json', remove);
  return router;

  async function create(request: Request, response: Response): Promise<void> {
    const form = FormSchema.parse(request.body);
    const [to, from, attemptId] = [
      textOf(form, 'To'),
      textOf(form, 'From'),
      attemptIdOf(textOf(form, 'StatusCallback')),
    ];
    const refuse = (detail: Record<string, unknown>): Promise<unknown> =>
      ledger.record({ channel: 'sms', kind: 'create', to, from, attemptId, accepted: false, detail });
    const order = unlessBlocked(readMessageOrder(form));
    if (typeof order === 'number') {
      await refuse({ code: order });
      return give(response, errorAnswer(order));
    }
    await answer(
      response,
      { channel: 'sms', operation: 'create', to: order.to, attemptId },
      {
        execute: async (fault) => shown(await texts.place(order, fault?.mode ?? null), 201),
        leave: (fault) => refuse({ fault: fault.mode }),
      },
    );
  }

  function unlessBlocked(order: MessageOrder | TwilioErrorCode): MessageOrder | TwilioErrorCode {
    return typeof order !== 'number' && isBlocked(account, order.from, order.to) ? 21610 : order;
  }

  async function list(request: Request, response: Response): Promise<void> {
    const query = queryOf(request);
    const [to, from] = [query.get('To') ?? undefined, query.get('From') ?? undefined];
    await ledger.record({ channel: 'sms', kind: 'list', to, from, detail: { query: Object.fromEntries(query) } });
    const newestFirst = [...account.messages.values()].reverse().filter((message) => fits(message, query));
    const resource = (message: Message): unknown => messageResource(message, accountSid);
    const path = `${accountUri(accountSid)}/Messages.json`;
    await answer(
      response,
      { channel: 'sms', operation: 'lookup', to: to ?? '' },
      {
        execute: async () => ({ status: 200, body: pageOf(query, { path, key: 'messages', newestFirst, resource }) }),
      },
    );
  }

  async function show(request: Request, response: Response): Promise<void> {
    const sid = sidOf(request);
    const message = account.messages.get(sid);
    const { to, from } = message?.order ?? {};
    const attemptId = message?.attemptId;
    await ledger.record({ channel: 'sms', kind: 'fetch', sid, to, from, attemptId, detail: {} });
    await answer(
      response,
      { channel: 'sms', operation: 'lookup', to: to ?? '', attemptId },
      {
        execute: async () => (message === undefined ? errorAnswer(20404) : shown(message, 200)),
      },
    );
  }

  async function remove(request: Request, response: Response): Promise<void> {
    const sid = sidOf(request);
    const message = account.messages.get(sid);
    const attemptId = message?.attemptId;
    await answer(
      response,
      { channel: 'sms', operation: 'delete', to: message?.order.to ?? '', attemptId },
      {
        execute: async () => {
          if (message === undefined) return errorAnswer(20404);
          if (UNDER_WAY.has(message.status)) return errorAnswer(20009);
          account.messages.delete(sid);
          await ledger.record({ channel: 'sms', kind: 'delete', sid, attemptId, accepted: true, detail: {} });
          return { status: 204, body: '' };
        },
      },
    );
  }

  function shown(message: Message, status: number): Answer {
    return { status, body: messageResource(message, accountSid) };
  }
}

/** `sent` may stay the last word of a text for good. */
const UNDER_WAY: ReadonlySet<string> = new Set(['queued']);

function fits({ order, sentRt }: Message, query: URLSearchParams): boolean {
  const [to, from] = [query.get('To'), query.get('From')];
  return (
    (to === null || to === order.to) && (from === null || from === order.from) && isInDays(sentRt, query, 'DateSent')
  );
}
