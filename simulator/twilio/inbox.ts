import { callbackMannerOf } from '../callback-manner';
import type { Directory } from '../people/directory';
import type { WebAnswer } from '../web-request';
import type { World } from '../world';
import { type Account, blockKey, isBlocked, newMessage, newSid } from './account';
import { createCallbackQueue } from './callback-queue';
import { type Keyword, keywordOf } from './opt-out';
import { inboundParameters } from './parameters';
import { parseTwiml, TwimlError } from './twiml';
import type { Webhooks } from './webhooks';

export interface InboundText {
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

export interface Inbox {
  /** Resolves when the product has answered; answers the text's sid. */
  receive(text: InboundText): Promise<string>;
}

export interface InboxParts {
  readonly account: Account;
  readonly directory: Directory;
  readonly webhooks: Webhooks;
}

/** Texts from people to our numbers. */
export function createInbox(world: World, { account, directory, webhooks }: InboxParts): Inbox {
  const { settings, product, ledger, faults } = world;

  /** Twilio blocks the pair before it tells anybody, and confirms it by itself. */
  async function obey(keyword: Keyword | null, { from, to }: InboundText, sid: string): Promise<void> {
    if (keyword !== 'STOP' && keyword !== 'START') return;
    if (keyword === 'STOP') account.blocks.add(blockKey(to, from));
    else account.blocks.delete(blockKey(to, from));
    const kind = keyword === 'STOP' ? 'opt_out' : 'opt_in';
    await ledger.record({ channel: 'sms', kind, sid, from, to, detail: { confirmedByProvider: true } });
  }

  /** The product may answer with texts of its own; a blocked person doesn't get them. */
  async function deliverReplies(answer: WebAnswer | null, { from, to }: InboundText): Promise<void> {
    for (const body of answer === null ? [] : repliesIn(answer.body)) {
      const blocked = isBlocked(account, to, from);
      await ledger.record({
        channel: 'sms',
        kind: 'create',
        to: from,
        from: to,
        status: 'reply',
        accepted: !blocked,
        ...(blocked ? {} : { sid: newSid('SM') }),
        detail: { order: { to: from, from: to, body }, ...(blocked ? { code: 21610 } : {}) },
      });
    }
  }

  return {
    async receive(text) {
      const { from, to, body } = text;
      const person = directory.reach(from);
      person.memory.replies += 1;
      const message = newMessage(newSid('SM'), { from, to, body }, 'inbound', undefined, Date.now());
      account.messages.set(message.sid, message);
      const keyword = keywordOf(body);
      await obey(keyword, text, message.sid);
      const fault = await faults.drawCallbacks({ channel: 'sms', operation: 'inbound', to: from });
      const callbacks = createCallbackQueue(world, callbackMannerOf(fault), directory.diceOf(person, 'reply'));
      let answer: WebAnswer | null = null;
      await callbacks.push('inbound', async () => {
        answer = await webhooks.send({
          channel: 'sms',
          kind: 'inbound',
          url: `${product.publicUrl ?? ''}/webhooks/twilio/sms/inbound`,
          method: 'POST',
          parameters: inboundParameters(message, settings.accountSid, keyword),
          sid: message.sid,
          to,
          from,
        });
      });
      callbacks.close();
      await deliverReplies(answer, text);
      return message.sid;
    },
  };
}

/** The texts in a TwiML answer; an answer that is no TwiML says nothing. */
function repliesIn(xml: string): string[] {
  try {
    const messages = parseTwiml(xml).children.filter((verb) => verb.name === 'Message');
    return messages.map((verb) => verb.children.find((child) => child.name === 'Body')?.text ?? verb.text);
  } catch (error) {
    if (error instanceof TwimlError) return [];
    throw error;
  }
}
