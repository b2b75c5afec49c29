import { callbackMannerOf } from '../callback-manner';
import type { Doer } from '../people/deeds';
import type { Directory } from '../people/directory';
import type { Deed, Outcome, Script, ScriptOptions } from '../people/script';
import type { World } from '../world';
import { type Account, type Call, newCall, newSid } from './account';
import { attemptIdOf, type CallOrder, withoutQuery } from './call-order';
import { createCallbackQueue } from './callback-queue';
import type { LiveCall } from './call-life';
import { type Line, type NextDocument, openLine } from './line';

export interface Calls {
  /** Accepts the order; the call lives on in the background. */
  place(order: CallOrder, fault: string | null): Promise<Call>;
  /** Ends a live call; `canceled` lets an answered one be. False if the call is over. */
  end(call: Call, status: 'canceled' | 'completed'): Promise<boolean>;
  /** False if nobody is on the line. */
  redirect(call: Call, next: NextDocument): boolean;
}

export interface CallParts {
  readonly account: Account;
  readonly directory: Directory;
  readonly doer: Doer;
  readonly live: LiveCall;
}

const ENDING_PATIENCE_MS = 1000;

const SUMMARIES: Readonly<Record<Outcome, string>> = {
  successful: 'The person was reached and takes part.',
  unsuccessful: 'The person was reached and does not want to go on.',
  converted: 'The person wants to sign.',
  disqualified: 'The person does not qualify.',
};

export function createCalls(world: World, { account, directory, doer, live }: CallParts): Calls {
  const { background, ledger, faults } = world;
  const lines = new Map<string, Line>();

  async function lineOf(call: Call): Promise<Line> {
    const { order, attemptId } = call;
    const person = directory.reach(order.to);
    const fault = await faults.drawCallbacks({ channel: 'voice', operation: 'create', to: order.to, attemptId });
    const manner = callbackMannerOf(fault) ?? person.options.callbacks ?? null;
    person.memory.calls += 1;
    const dice = directory.diceOf(person, 'call');
    return openLine(
      {
        call,
        person,
        dice,
        pickUp: person.script.pickUp(person.memory, person.options),
        callbacks: createCallbackQueue(world, manner, dice),
        isMute: manner?.mode === 'drop_callbacks' && manner.options.answerUrlToo,
      },
      background.signal,
    );
  }

  async function run(line: Line): Promise<void> {
    const { call, person } = line;
    const talk = await live(line).finally(() => lines.delete(call.sid));
    if (line.pickUp !== 'human' || talk?.spoken !== true) return;
    const origin = { channel: 'voice', person: person.address, callSid: call.sid, attemptId: call.attemptId } as const;
    await doer.perform(person, deedsAfter(person.script, person.options), { origin, number: call.order.from });
  }

  return {
    async place(order, fault) {
      const sid = newSid('CA');
      const attemptId = attemptIdOf(order.statusCallback);
      const { rt } = await ledger.record({
        channel: 'voice',
        kind: 'create',
        sid,
        to: order.to,
        from: order.from,
        attemptId,
        accepted: true,
        detail: { order: recordable(order), fault },
      });
      const call = newCall(sid, order, attemptId, rt);
      account.calls.set(sid, call);
      const line = await lineOf(call);
      lines.set(sid, line);
      void background.run(() => run(line));
      return call;
    },
    async end(call, status) {
      const line = lines.get(call.sid);
      if (line === undefined) return false;
      if (status === 'canceled' && call.answeredRt !== null) return true;
      line.hangUp(status);
      await background.atMost(ENDING_PATIENCE_MS, line.ended);
      return true;
    },
    redirect(call, next) {
      const line = lines.get(call.sid);
      if (line === undefined || call.status !== 'in-progress') return false;
      line.redirect(next);
      return true;
    },
  };
}

function recordable(order: CallOrder): CallOrder {
  return {
    ...order,
    url: withoutQuery(order.url),
    statusCallback: withoutQuery(order.statusCallback),
    asyncAmdStatusCallback: withoutQuery(order.asyncAmdStatusCallback),
  };
}

/** What the voice agent tells the product once the call is over: what was asked for on the phone, then its tag. */
function deedsAfter(script: Script, options: ScriptOptions): readonly Deed[] {
  const outcome = options.outcome === undefined ? script.outcome : options.outcome;
  const callback: Deed[] =
    options.callback === undefined
      ? []
      : [{ kind: 'fact', fact: { kind: 'callback_requested', text: options.callback } }];
  const tag: Deed[] =
    outcome === undefined || outcome === null
      ? []
      : [{ kind: 'fact', fact: { kind: 'call_outcome', outcome, summary: options.summary ?? SUMMARIES[outcome] } }];
  return [...(script.duringCall ?? []), ...callback, ...tag];
}
