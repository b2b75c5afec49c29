import { randomUUID } from 'node:crypto';
import { deliveryReport, type ReturnedMail } from '../delivery-report';
import type { FactOrigin, FactPoster } from '../facts';
import type { ReturnNotice } from '../mail-manner';
import type { Inbox } from '../twilio/inbox';
import type { World } from '../world';
import type { Directory, Person } from './directory';
import type { Deed } from './script';

/** Where a person is when something is done: what was received, and whom a reply goes to. */
export interface Occasion {
  readonly origin: FactOrigin;
  /** Our number, for a reply by text. */
  readonly number?: string;
  /** The words that were received: a form is found by the link in them. */
  readonly words?: string;
  readonly mail?: ReceivedMail;
}

export interface ReceivedMail extends Pick<ReturnedMail, 'returnPath' | 'headers'> {
  readonly replyTo: string;
  readonly subject: string;
  readonly messageId: string;
}

export interface Doer {
  /** Thinks for a moment, then does one deed after the other. */
  perform(person: Person, deeds: readonly Deed[], occasion: Occasion): Promise<void>;
}

/** A full stop at the end belongs to the sentence, one inside to the token. */
const FORM_LINK = /https?:\/\/\S+\/f\/([\w~-]+(?:\.[\w~-]+)*)/;

export function createDoer(
  { settings, background, ledger }: Pick<World, 'settings' | 'background' | 'ledger'>,
  { directory, facts, inbox }: { directory: Directory; facts: FactPoster; inbox: Inbox },
): Doer {
  async function act(person: Person, deed: Deed, occasion: Occasion): Promise<void> {
    switch (deed.kind) {
      case 'text':
        if (occasion.number === undefined) return;
        await inbox.receive({ from: person.address, to: occasion.number, body: deed.body });
        return;
      case 'mail':
        return writeBack(person, deed.body, occasion);
      case 'return':
        return sendBack(person, deed.notice, occasion);
      case 'fact':
        await facts.post(deed.fact, occasion.origin);
        return;
      case 'form':
        return fillForm(deed.answers, occasion);
    }
  }

  async function writeBack(person: Person, body: string, { mail, origin }: Occasion): Promise<void> {
    if (mail === undefined) return;
    person.memory.replies += 1;
    await facts.post(
      {
        kind: 'inbound_email',
        from: person.address,
        to: mail.replyTo,
        subject: `Re: ${mail.subject}`,
        text: body,
        messageId: `<${randomUUID()}@mail.example.com>`,
        headers: { 'In-Reply-To': mail.messageId, References: mail.messageId },
      },
      origin,
    );
  }

  /** The server's word, not the person's. A mail without a return path has nobody to go back to. */
  async function sendBack({ address }: Person, notice: ReturnNotice, { mail, origin }: Occasion): Promise<void> {
    if (mail === undefined || mail.returnPath === '') return;
    const { action, status } = notice;
    const { attemptId } = origin;
    await ledger.record({ channel: 'email', kind: 'bounce', to: address, attemptId, status, detail: { action } });
    const report = deliveryReport({ ...mail, to: address }, notice);
    await facts.post({ kind: 'inbound_email', ...report }, { channel: 'email', person: report.from, attemptId });
  }

  async function fillForm(answers: Readonly<Record<string, string>>, { words, origin }: Occasion): Promise<void> {
    const formToken = FORM_LINK.exec(words ?? '')?.[1];
    if (formToken === undefined) return;
    await facts.post({ kind: 'form_started', formToken }, origin);
    await facts.post({ kind: 'form_completed', formToken, answers }, origin);
  }

  return {
    async perform(person, deeds, occasion) {
      const dice = directory.diceOf(person, 'reply');
      for (const deed of deeds) {
        await background.pause(dice.between(settings.timings.replyMs));
        await act(person, deed, occasion);
      }
    },
  };
}
