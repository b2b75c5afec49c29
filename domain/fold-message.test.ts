import * as fc from 'fast-check';
import type { FactBody, MessageStatus } from './fact';
import {
  aFact,
  aFoldState,
  aRule,
  effectsOf,
  firingsOf,
  type FoldStateChanges,
  NOW,
  tell,
  timelineOf,
} from './fold-builders';
import { DAY_MS } from './instant';

const sent = (changes: FoldStateChanges, ...facts: FactBody[]) =>
  tell(aFoldState({ ...changes, attempt: { channel: 'sms', ...changes.attempt } }), ...facts);
const progress = (status: MessageStatus, more: object = {}): FactBody =>
  aFact({ kind: 'message_progress', status, ...more });
const reply = (verdict: 'revoke' | 'unclear' | 'none', channel: 'sms' | 'email' = 'sms'): FactBody =>
  aFact({ kind: 'reply', channel, verdict });
const classified = (bucket: string, more: object = {}): FactBody =>
  aFact({ kind: 'reply_classified', bucket, replyFactId: 'a2f5a6f5-4e0c-4b0e-9d57-8f2f7d3a0001', ...more });

const OPTED_OUT = aRule(
  'opted-out',
  { trigger: 'reply_bucket', outcome: 'opted_out' },
  [{ kind: 'stop_campaign' }],
  'Out.',
);
const INTERESTED = aRule('interested', { trigger: 'reply_bucket', outcome: 'interested' }, [
  { kind: 'crm_status', status: 'Interested' },
]);
const EVERY_CHANNEL = ['voice', 'sms', 'email'];

describe('a mail that comes back', () => {
  const mailed = (...facts: FactBody[]) => sent({ attempt: { channel: 'email', state: 'accepted' } }, ...facts);
  const bounced = (bounce: 'hard' | 'soft', errorCode: string): FactBody =>
    progress('undelivered', { bounce, errorCode });

  it.each([
    ['hard', '5.1.1', true],
    ['soft', '4.4.7', false],
  ] as const)('for a %s reason ends; its address is given up: %s, %s', (bounce, errorCode, deadAddress) => {
    const story = mailed(bounced(bounce, errorCode));
    expect(story.state.attempt).toMatchObject({ state: 'ended', disposition: 'undelivered', errorCode });
    expect(story.changes).toMatchObject([{ deadAddress, wakes: deadAddress, suppress: [], enrollment: {} }]);
    expect(story.changes[0]?.timeline).toEqual([{ kind: 'message_failed', data: { bounce } }]);
  });

  it('may turn out to be gone for good only the second time', () => {
    const story = mailed(bounced('soft', '4.4.7'), bounced('hard', '5.1.1'));
    expect(story.changes.map(({ deadAddress }) => deadAddress)).toEqual([false, true]);
    expect(timelineOf(story)).toEqual(['message_failed']);
    expect(story.state.attempt?.errorCode).toBe('5.1.1');
  });

  it('was sent, whatever was known of it', () => {
    const story = sent({ attempt: { channel: 'email', state: 'unknown' } }, bounced('hard', '5.1.1'));
    expect(story.state.attempt).toMatchObject({ state: 'ended' });
    expect(story.changes[0]?.attempt.acceptedAt).toBe(NOW);
  });
});

describe('the callbacks of a message', () => {
  it.each([
    [
      'is accepted at its first word',
      [progress('queued', { sid: 'SM1' })],
      { state: 'accepted', status: 'queued', sid: 'SM1' },
      [],
    ],
    [
      'ends when delivered',
      [progress('delivered')],
      { state: 'ended', disposition: 'delivered' },
      ['message_delivered'],
    ],
    [
      'ends when it is not delivered',
      [progress('sent'), progress('undelivered', { errorCode: '30003' })],
      { state: 'ended', status: 'undelivered', disposition: 'undelivered', errorCode: '30003' },
      ['message_failed'],
    ],
    ['ends when it failed', [progress('failed')], { state: 'ended', disposition: 'undelivered' }, ['message_failed']],
    [
      'ends when it is canceled',
      [progress('canceled')],
      { state: 'ended', disposition: 'undelivered' },
      ['message_failed'],
    ],
    [
      'stays delivered',
      [progress('delivered'), progress('sent')],
      { status: 'delivered', disposition: 'delivered' },
      ['message_delivered'],
    ],
  ])('%s', (_, facts, attempt, timeline) => {
    const story = sent({}, ...facts);
    expect(story.state.attempt).toMatchObject(attempt);
    expect(timelineOf(story)).toEqual(timeline);
  });

  it('wake the plan once, when they prove that an unanswered request arrived', () => {
    const { changes } = sent(
      { attempt: { state: 'unknown' } },
      progress('queued'),
      progress('sent'),
      progress('delivered'),
    );
    expect(changes.map(({ wakes }) => wakes)).toEqual([true, false, false]);
    expect(changes[0]?.attempt.acceptedAt).toBe(NOW);
  });

  it('prove that a message was sent which we took for not sent', () => {
    const { state, changes } = sent({ attempt: { state: 'not_sent' } }, progress('sent'));
    expect(state.attempt?.state).toBe('accepted');
    expect(changes[0]?.wakes).toBe(true);
  });

  it('of an attempt that was given up as unknown close it at their end', () => {
    const story = sent({ attempt: { state: 'unknown_final' } }, progress('sent'));
    expect(story.state.attempt?.state).toBe('unknown_final');
    expect(tell(story.state, progress('delivered')).state.attempt?.state).toBe('ended');
  });

  it('keep the instant of the first end', () => {
    const ended = { state: 'ended', rank: 11, status: 'failed', endedAt: NOW - 9 } as const;
    expect(sent({ attempt: ended }, progress('delivered')).changes[0]?.attempt.endedAt).toBe(NOW - 9);
  });

  it('change nothing where there is no attempt', () => {
    const state = aFoldState({ attempt: null });
    expect(tell(state, progress('failed', { errorCode: '21610' })).state).toEqual(state);
  });

  it('leave the same row in any order and however often (INV-7)', () => {
    const facts = [progress('queued', { sid: 'SM1' }), progress('sending'), progress('sent', { sid: 'SM1' })];
    const end = fc.constantFrom(progress('delivered'), progress('undelivered', { errorCode: '30005' }));
    const stories = end.chain((last) =>
      fc
        .array(fc.constantFrom(...facts, last), { maxLength: 4 })
        .chain((again) => fc.shuffledSubarray([...facts, last, ...again], { minLength: again.length + 4 }))
        .map((shuffled) => ({ last, shuffled })),
    );
    fc.assert(
      fc.property(stories, ({ last, shuffled }) => {
        const inOrder = sent({}, ...facts, last);
        const anyhow = sent({}, ...shuffled);
        expect(anyhow.state).toEqual(inOrder.state);
        expect(timelineOf(anyhow)).toEqual(timelineOf(inOrder));
      }),
    );
  });
});

describe("the provider's block", () => {
  it.each([
    ['21610, the person said stop to the provider', EVERY_CHANNEL, 'ended'],
    ['30004, blocked by carrier or handset', ['sms'], 'open'],
  ])('%s', (title, channels, state) => {
    const errorCode = title.slice(0, 5);
    const story = sent({}, progress('failed', { errorCode }));
    expect(story.changes[0]?.suppress).toEqual([{ source: 'provider', channels }]);
    expect(story.state.enrollment.state).toBe(state);
  });

  it('is heard once, however often it is told', () => {
    const { changes } = sent(
      {},
      progress('failed', { errorCode: '21610' }),
      progress('failed', { errorCode: '21610' }),
    );
    expect(changes.map(({ suppress }) => suppress.length)).toEqual([1, 0]);
  });

  it('is not what another error means', () => {
    expect(sent({}, progress('failed', { errorCode: '30003' })).changes[0]?.suppress).toEqual([]);
  });
});

describe('a reply (S0-24)', () => {
  it('that revokes puts the person out everywhere without any rule (R-5)', () => {
    const story = sent({}, reply('revoke'));
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'opted_out' });
    expect(story.changes[0]).toMatchObject({
      bucket: 'opted_out',
      suppress: [{ source: 'reply', channels: EVERY_CHANNEL }],
      wakesPerson: true,
    });
    expect(effectsOf(story)).toEqual([]);
  });

  it('that revokes fires its rule as well and is logged (S0-65)', () => {
    const story = sent({ rules: [OPTED_OUT] }, reply('revoke', 'email'));
    expect(firingsOf(story)).toEqual(['opted-out: Opted Out Reply']);
    expect(effectsOf(story)).toEqual([
      'opted-out[0] stop_campaign: left the campaign',
      'opted-out[-1] crm_note of case-1: Out.',
    ]);
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'opted_out', leftForGood: true });
    expect(timelineOf(story)).toEqual(['message_received', 'rule_fired', 'contact_status_changed', 'opted_out']);
  });

  it('that may have meant "stop" holds outreach until a person has read it', () => {
    const story = sent({}, reply('unclear'));
    expect(story.changes[0]).toMatchObject({
      handedOff: true,
      enrollment: { holdReason: 'unclear_reply', heldUntilAt: NOW + 365 * DAY_MS },
      suppress: [],
    });
    expect(effectsOf(story)).toEqual(['null[0] classify: ']);
  });

  it('that is harmless goes to be classified', () => {
    const story = sent({}, reply('none'));
    expect(effectsOf(story)).toEqual(['null[0] classify: ']);
    expect(story.changes[0]).toMatchObject({ handedOff: null, wakes: true, enrollment: {}, bucket: null });
    expect(story.changes[0]?.timeline).toEqual([{ kind: 'message_received', data: { channel: 'sms' } }]);
  });

  it('after the end is still classified (R-3)', () => {
    expect(effectsOf(sent({ enrollment: { state: 'ended' } }, reply('none')))).toEqual(['null[0] classify: ']);
  });
});

describe('a classified reply', () => {
  it('fires the rules of its bucket (S0-25)', () => {
    const story = sent({ rules: [INTERESTED, OPTED_OUT] }, classified('interested'));
    expect(firingsOf(story)).toEqual(['interested: Interested Reply']);
    expect(story.changes[0]).toMatchObject({ bucket: 'interested', wakes: true, wrongNumber: false });
  });

  it('fires after the end, too (R-3)', () => {
    const story = sent({ enrollment: { state: 'ended' }, rules: [INTERESTED] }, classified('interested'));
    expect(effectsOf(story)).toEqual(['interested[0] crm_status of case-1: Interested']);
  });

  it('wakes the plan although no rule is interested in it', () => {
    const story = sent({ rules: [INTERESTED] }, classified('question'));
    expect(firingsOf(story)).toEqual([]);
    expect(story.changes[0]?.wakes).toBe(true);
  });

  it('in Opted Out is as good as STOP', () => {
    const story = sent({ rules: [OPTED_OUT] }, classified('opted_out'));
    expect(firingsOf(story)).toEqual(['opted-out: Opted Out Reply']);
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'opted_out' });
  });

  it('in Wrong Number takes the address out', () => {
    expect(sent({}, classified('wrong_number')).changes[0]).toMatchObject({
      wrongNumber: true,
      bucket: 'wrong_number',
    });
  });

  it('promises the callback that it asks for (K-13)', () => {
    const { changes } = sent({}, classified('callback_requested', { callbackAt: NOW + DAY_MS }));
    expect(changes[0]?.commitments).toEqual([{ kind: 'open', promisedAt: NOW + DAY_MS }]);
  });

  it('says so when the callback can not be promised', () => {
    const story = sent({ commitmentsMade: 3 }, classified('callback_requested', { callbackAt: NOW + DAY_MS }));
    expect(story.changes[0]?.commitments).toEqual([]);
    expect(timelineOf(story)).toEqual(['callback_closed']);
  });
});
