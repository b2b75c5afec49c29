import { isAbort } from '../background';
import { isFictional } from '../fictional-address';
import type { World } from '../world';
import type { Line, NextDocument } from './line';
import { answerParameters, type Parameters } from './parameters';
import { parseTwiml, type TwimlElement, TwimlError } from './twiml';
import { dialParameters, type Mood, replyTo } from './twiml-reply';
import type { Webhooks } from './webhooks';

/** `spoken` is false if no document could be followed: then nothing was said, and nobody can judge the call. */
export interface Talk {
  readonly spoken: boolean;
  readonly heard: string;
}

export type Converse = (line: Line) => Promise<Talk>;

interface Fetch {
  readonly next: NextDocument;
  readonly extra: Parameters;
}

/** Where a verb leads; undefined = to the next verb, null = to the end of the call. */
type Step = Fetch | null | undefined;

/** How much of a missing answer Twilio sends is not published; a client has to take it empty or absent. */
const NOTHING_SAID: Parameters = { SpeechResult: '' };
const MOST_DOCUMENTS = 25;
const STEPS_A_CALL = 4;
/** A machine goes on recording: time for the product to answer the result of machine detection. */
const MACHINE_LINGERS_MS = 150;

/** Follows TwiML with a person at the other end, until somebody hangs up. */
export function createConversation(
  { settings, background, ledger, holds }: Pick<World, 'settings' | 'background' | 'ledger' | 'holds'>,
  webhooks: Webhooks,
): Converse {
  async function note(line: Line, status: string, to: string, detail: Record<string, unknown>): Promise<void> {
    const { sid, attemptId, order } = line.call;
    await ledger.record({ channel: 'voice', kind: 'twiml', sid, attemptId, from: order.to, to, status, detail });
  }

  /** Null = there is no document to follow: Twilio tells the person of an application error and hangs up. */
  async function read(line: Line, { next, extra }: Fetch): Promise<TwimlElement | null> {
    const xml = 'twiml' in next ? next.twiml : await fetchDocument(line, next, extra);
    if (xml === null) return null;
    try {
      return parseTwiml(xml);
    } catch (error) {
      if (!(error instanceof TwimlError)) throw error;
      await note(line, 'unreadable', line.call.order.from, { code: error.code, reason: error.message });
      return null;
    }
  }

  async function fetchDocument(
    line: Line,
    next: { url: string; method: 'GET' | 'POST' },
    extra: Parameters,
  ): Promise<string | null> {
    const { call } = line;
    const answer = await webhooks.send({
      channel: 'voice',
      kind: 'twiml',
      url: next.url,
      method: next.method,
      parameters: { ...answerParameters(call, settings.accountSid), ...extra },
      sid: call.sid,
      to: call.order.to,
      from: call.order.from,
      attemptId: call.attemptId,
      signal: line.document,
    });
    return answer !== null && answer.status < 300 ? answer.body : null;
  }

  async function act(line: Line, verb: TwimlElement, base: string, mood: Mood): Promise<Step> {
    switch (verb.name) {
      case 'Say':
      case 'Play':
      case 'Pause':
        mood.heard = `${mood.heard} ${verb.text}`.trim();
        await spend(line, mood);
        return undefined;
      case 'Gather':
        return gather(line, verb, base, mood);
      case 'Redirect':
        return fetchOf(verb.text, verb, base, {});
      case 'Dial':
        return dial(line, verb, base, mood);
      case 'Hangup':
        return null;
      default:
        await note(line, 'unknown_verb', line.call.order.from, { verb: verb.name });
        return null;
    }
  }

  async function gather(line: Line, verb: TwimlElement, base: string, mood: Mood): Promise<Step> {
    for (const nested of verb.children) await act(line, nested, base, mood);
    await spend(line, mood);
    const reply = replyTo(line, verb, mood);
    if (reply === 'hang_up') return null;
    // Nobody says anything for so long that machine detection is through by then.
    if (reply === null) await line.whenJudged;
    if (reply === null && verb.attributes['actionOnEmptyResult'] !== 'true') return undefined;
    // Without an action the present document is asked again.
    return fetchOf(verb.attributes['action'] ?? base, verb, base, reply ?? NOTHING_SAID);
  }

  async function dial(line: Line, verb: TwimlElement, base: string, mood: Mood): Promise<Step> {
    const number = verb.children.find((child) => child.name === 'Number')?.text ?? verb.text;
    const isReached = isFictional(number);
    await note(line, isReached ? 'transferred' : 'transfer_refused', number, {});
    await spend(line, mood);
    const action = verb.attributes['action'];
    return action === undefined ? undefined : fetchOf(action, verb, base, dialParameters(isReached));
  }

  async function spend(line: Line, mood: Mood): Promise<void> {
    const ms = Math.min(mood.stepMs, mood.leftMs);
    mood.leftMs -= ms;
    await background.pause(ms, line.document);
  }

  async function follow(line: Line, document: TwimlElement, base: string, mood: Mood): Promise<Fetch | null> {
    for (const verb of document.children) {
      const step = await act(line, verb, base, mood);
      if (step !== undefined) return step;
    }
    return null;
  }

  /** One document after the other. Rejects with an AbortError when a redirect interrupts or the call is ended. */
  async function through(line: Line, first: Fetch, mood: Mood): Promise<boolean> {
    let spoken = false;
    let fetch: Fetch | null = first;
    for (let documents = 0; fetch !== null && documents < MOST_DOCUMENTS; documents += 1) {
      const document: TwimlElement | null = await read(line, fetch);
      if (document === null) return spoken;
      if (!spoken)
        await holds.whileHeld({ to: line.call.order.to, attemptId: line.call.attemptId }, 'talking', line.document);
      spoken = true;
      fetch = await follow(line, document, 'url' in fetch.next ? fetch.next.url : '', mood);
    }
    return spoken;
  }

  return async (line) => {
    const talkMs = line.dice.between(settings.timings.talkMs);
    const mood: Mood = { turns: 0, heard: '', leftMs: talkMs, stepMs: Math.floor(talkMs / STEPS_A_CALL) };
    const { order } = line.call;
    let next: NextDocument =
      order.twiml === undefined ? { url: order.url ?? '', method: order.method } : { twiml: order.twiml };
    for (let interrupted = false; ; interrupted = true) {
      try {
        const spoken = await through(line, { next, extra: {} }, mood);
        await line.whenJudged;
        const lingerMs = line.pickUp === 'machine' ? MACHINE_LINGERS_MS : 0;
        await background.pause(Math.max(mood.leftMs, lingerMs), line.document);
        return { spoken: spoken || interrupted, heard: mood.heard };
      } catch (error) {
        const redirected = isAbort(error) && !line.over.aborted ? line.takeRedirect() : null;
        if (redirected === null) throw error;
        next = redirected;
      }
    }
  };
}

function fetchOf(url: string, verb: TwimlElement, base: string, extra: Parameters): Fetch {
  const method = verb.attributes['method']?.toUpperCase() === 'GET' ? 'GET' : 'POST';
  return { next: { url: URL.canParse(url, base) ? new URL(url, base).toString() : url, method }, extra };
}
