import {
  dispositionOf,
  isCompletedCall,
  isTerminalCall,
  isTerminalMessage,
  keptErrorCode,
  messageDispositionOf,
  raiseCall,
  raiseMessage,
  richerAnswerer,
  type Standing,
} from './attempt-lattice';
import { AnsweredBySchema, CallStatusSchema, MessageStatusSchema } from './fact';

const CLAIMED: Standing = { status: null, rank: 0 };
const call = (...words: (typeof CallStatusSchema.options)[number][]) =>
  words.reduce<Standing>((now, word) => raiseCall(now, word), CLAIMED);
const message = (...words: (typeof MessageStatusSchema.options)[number][]) =>
  words.reduce<Standing>((now, word) => raiseMessage(now, word), CLAIMED);

describe('the standing of an attempt (INV-7)', () => {
  it.each([
    ['a call', call('queued', 'initiated', 'ringing', 'in_progress', 'completed'), 'completed'],
    ['a call told backwards', call('completed', 'in_progress', 'ringing', 'queued'), 'completed'],
    ['a call that ended twice', call('no_answer', 'canceled', 'failed', 'busy'), 'no_answer'],
    ['a message', message('queued', 'sending', 'sent', 'delivered'), 'delivered'],
    ['a message told backwards', message('delivered', 'sent', 'queued'), 'delivered'],
    ['a message that ended twice', message('undelivered', 'failed', 'canceled'), 'undelivered'],
  ])('of %s only rises', (_, { status }, last) => {
    expect(status).toBe(last);
  });

  it('says whether it rose', () => {
    const ringing = call('ringing');
    expect(raiseCall(ringing, 'ringing')).toEqual({ ...ringing, raised: false });
    expect(raiseCall(ringing, 'busy')).toEqual({ status: 'busy', rank: 12, raised: true });
  });

  it('is at its end with every terminal word and with no other', () => {
    const terminalCalls = CallStatusSchema.options.filter((word) => isTerminalCall(call(word).rank));
    expect(terminalCalls).toEqual(['completed', 'busy', 'no_answer', 'failed', 'canceled']);
    const terminalMessages = MessageStatusSchema.options.filter((word) => isTerminalMessage(message(word).rank));
    expect(terminalMessages).toEqual(['delivered', 'undelivered', 'failed', 'canceled']);
    expect(CallStatusSchema.options.filter((word) => isCompletedCall(call(word).rank))).toEqual(['completed']);
  });
});

describe('who answered', () => {
  it.each(AnsweredBySchema.options.flatMap((one) => AnsweredBySchema.options.map((other) => [one, other] as const)))(
    'is the same for %s and %s in either order',
    (one, other) => {
      expect(richerAnswerer(one, other)).toBe(richerAnswerer(other, one));
    },
  );

  it.each([
    [null, 'unknown', 'unknown'],
    ['unknown', 'fax', 'fax'],
    ['fax', 'human', 'human'],
    ['human', 'machine', 'machine'],
    ['machine', 'human', 'machine'],
  ] as const)('%s and then %s is %s', (now, heard, kept) => {
    expect(richerAnswerer(now, heard)).toBe(kept);
  });
});

describe('of two error codes', () => {
  it.each([
    [null, '30003', '30003'],
    ['30003', '30005', '30005'],
    ['30005', '30003', '30005'],
  ])('%s and then %s, %s stays', (now, heard, kept) => {
    expect(keptErrorCode(now, heard)).toBe(kept);
  });
});

describe('the disposition of an ended call', () => {
  it.each([
    ['completed', null, null, 'answered'],
    ['completed', 'human', null, 'answered'],
    ['completed', 'unknown', null, 'answered'],
    ['completed', 'machine', null, 'voicemail'],
    ['completed', 'fax', null, 'voicemail'],
    ['completed', 'machine', 'unsuccessful', 'voicemail'],
    ['completed', 'machine', 'successful', 'answered'],
    ['completed', 'machine', 'converted', 'answered'],
    ['completed', 'machine', 'disqualified', 'answered'],
    ['busy', 'machine', 'converted', 'busy'],
    ['no_answer', null, null, 'no_answer'],
    ['canceled', null, null, 'canceled'],
    ['failed', null, null, 'failed'],
  ] as const)('%s, answered by %s, tagged %s is %s', (status, answeredBy, outcome, disposition) => {
    expect(dispositionOf(call(status).rank, answeredBy, outcome)).toBe(disposition);
  });
});

describe('the disposition of an ended message', () => {
  it.each([
    ['delivered', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'undelivered'],
    ['canceled', 'undelivered'],
  ] as const)('%s is %s', (status, disposition) => {
    expect(messageDispositionOf(message(status).rank)).toBe(disposition);
  });
});
