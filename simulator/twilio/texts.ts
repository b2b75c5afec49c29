import { callbackMannerOf } from '../callback-manner';
import type { Doer } from '../people/deeds';
import type { Directory, Person } from '../people/directory';
import type { World } from '../world';
import { type Account, applyMessageStatus, type Message, type MessageStatus, newMessage, newSid } from './account';
import { attemptIdOf, withoutQuery } from './call-order';
import { createCallbackQueue, type CallbackQueue } from './callback-queue';
import type { MessageOrder } from './message-order';
import { messageStatusParameters } from './parameters';
import type { Webhooks } from './webhooks';

export interface Texts {
  /** Accepts the order; the text goes its way in the background. */
  place(order: MessageOrder, fault: string | null): Promise<Message>;
}

export interface TextParts {
  readonly account: Account;
  readonly directory: Directory;
  readonly doer: Doer;
  readonly webhooks: Webhooks;
}

/** Texts to people. */
export function createTexts(world: World, { account, directory, doer, webhooks }: TextParts): Texts {
  const { settings, background, ledger, faults } = world;

  async function change(message: Message, status: MessageStatus, errorCode: string | null): Promise<void> {
    const { sid, order, attemptId } = message;
    const { rt } = await ledger.record({
      channel: 'sms',
      kind: 'status',
      sid,
      to: order.to,
      from: order.from,
      attemptId,
      status,
      detail: { errorCode },
    });
    applyMessageStatus(message, status, errorCode, rt);
  }

  function tell(message: Message, callbacks: CallbackQueue): void {
    const { sid, order, attemptId, status } = message;
    if (order.statusCallback === undefined) return;
    const webhook = {
      channel: 'sms',
      kind: 'callback',
      url: order.statusCallback,
      method: 'POST',
      parameters: messageStatusParameters(message, settings.accountSid),
      sid,
      to: order.to,
      from: order.from,
      attemptId,
      status,
    } as const;
    void callbacks.push(status, () => webhooks.send(webhook));
  }

  async function live(message: Message, person: Person, callbacks: CallbackQueue): Promise<void> {
    const dice = directory.diceOf(person, 'text');
    const error = person.options.smsError ?? person.script.smsError ?? null;
    await background.pause(dice.between(settings.timings.deliverMs));
    await change(message, 'sent', null);
    tell(message, callbacks);
    await background.pause(dice.between(settings.timings.deliverMs));
    await change(message, error === null ? 'delivered' : 'undelivered', error);
    tell(message, callbacks);
    callbacks.close();
  }

  async function run(message: Message, person: Person, callbacks: CallbackQueue): Promise<void> {
    const deeds = person.script.onText?.({ ...person.memory }, person.options) ?? [];
    await live(message, person, callbacks);
    if (message.status !== 'delivered') return;
    const { order, attemptId } = message;
    const origin = { channel: 'sms', person: person.address, attemptId } as const;
    await doer.perform(person, deeds, { origin, number: order.from, words: order.body });
  }

  return {
    async place(order, fault) {
      const sid = newSid('SM');
      const attemptId = attemptIdOf(order.statusCallback);
      const { rt } = await ledger.record({
        channel: 'sms',
        kind: 'create',
        sid,
        to: order.to,
        from: order.from,
        attemptId,
        accepted: true,
        detail: { order: { ...order, statusCallback: withoutQuery(order.statusCallback) }, fault },
      });
      const message = newMessage(sid, order, 'outbound-api', attemptId, rt);
      account.messages.set(sid, message);
      const rule = await faults.drawCallbacks({ channel: 'sms', operation: 'create', to: order.to, attemptId });
      const person = directory.reach(order.to);
      person.memory.texts += 1;
      const manner = callbackMannerOf(rule) ?? person.options.callbacks ?? null;
      const callbacks = createCallbackQueue(world, manner, directory.diceOf(person, 'text'));
      void background.run(() => run(message, person, callbacks));
      return message;
    },
  };
}
