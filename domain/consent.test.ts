import { CONSENT_CHANNEL, ConsentClassSchema, consentsOf, missingConsent, requiredConsents } from './consent';
import { decide, seriesToEnd } from './decide';
import { explain } from './explain';
import { DAY_MS, MINUTE_MS } from './instant';
import {
  aContact,
  aMail,
  aMessagingRun,
  anAttempt,
  aPlannerInput,
  aRun,
  aText,
  MONDAY_10,
  someCalls,
} from './planner-builders';

const AI_RUN = aRun({ calls: someCalls({ requiresConsent: 'ai_voice' }) });
const AGREED = aContact({
  consents: [
    { id: 'old', class: 'ai_voice' },
    { id: 'new', class: 'ai_voice' },
    { id: 'sms', class: 'marketing_sms' },
  ],
});
const TEXTS = aMessagingRun(aText({ requiresConsent: 'marketing_sms' }), aMail());

describe('what a touch needs (INV-4)', () => {
  const input = aPlannerInput({ runs: [AI_RUN, TEXTS, aRun({ key: 'live' })] });

  it.each([
    ['a call of a run that says so', { run: AI_RUN, stepKey: 'call', channel: 'voice' as const }, ['ai_voice']],
    ['a call of a run that says nothing', { run: aRun(), stepKey: 'call', channel: 'voice' as const }, []],
    [
      'a promised call: what any call of the plan needs',
      { run: null, stepKey: 'callback', channel: 'voice' as const },
      ['ai_voice'],
    ],
    ['a text that says so', { run: TEXTS, stepKey: 'text', channel: 'sms' as const }, ['marketing_sms']],
    ['a text that the plan does not have any more', { run: TEXTS, stepKey: 'gone', channel: 'sms' as const }, []],
    ['a mail that says nothing', { run: TEXTS, stepKey: 'mail', channel: 'email' as const }, []],
  ])('%s', (_, touch, classes) => {
    expect(requiredConsents(input, touch)).toEqual(classes);
    expect(missingConsent(input, touch)).toBe(classes[0] ?? null);
    expect(missingConsent({ ...input, contact: AGREED }, touch)).toBeNull();
  });

  it('is evidenced by the oldest consent of each class', () => {
    const agreed = { ...input, contact: AGREED };
    expect(consentsOf(agreed, { runKey: 'intake', stepKey: 'call', channel: 'voice' })).toEqual(['old']);
    expect(consentsOf(agreed, { runKey: 'promises', stepKey: 'callback', channel: 'voice' })).toEqual(['old']);
    expect(consentsOf(input, { runKey: 'intake', stepKey: 'call', channel: 'voice' })).toEqual([]);
  });
});

describe('a plan that needs consent', () => {
  it('goes on for who has agreed (C12)', () => {
    expect(decide(aPlannerInput({ runs: [AI_RUN], contact: AGREED }))).toMatchObject({ kind: 'touch' });
  });

  it('ends for who has not, and says why', () => {
    const decision = decide(aPlannerInput({ runs: [AI_RUN] }));
    expect(decision).toMatchObject({ kind: 'finish', reason: 'no_consent' });
    expect(explain(decision)).toBe(
      'Nothing more will happen: a touch was left out because the person has not agreed to it (consent "ai_voice"), or no longer.',
    );
    expect(
      decide(aPlannerInput({ runs: [AI_RUN], enrollment: { state: 'ended', reason: 'no_consent' } })),
    ).toMatchObject({ kind: 'finish', reason: 'no_consent' });
  });

  it('leaves out what was not agreed to, and goes on with the rest', () => {
    const decision = decide(aPlannerInput({ runs: [AI_RUN, aMessagingRun(aMail())] }));
    expect(decision).toMatchObject({ kind: 'touch', touch: { key: 'texts.mail.1' } });
  });

  it('is through where the consent was taken back on the way, and tells it', () => {
    const attempts = [anAttempt({ claimedAt: MONDAY_10 - DAY_MS, endedAt: MONDAY_10 - DAY_MS + MINUTE_MS })];
    const input = aPlannerInput({ runs: [AI_RUN], attempts });
    expect(decide(input)).toEqual({
      kind: 'finish',
      reason: 'plan_through',
      reasons: [{ code: 'plan_through' }, { code: 'no_consent', class: 'ai_voice' }],
    });
  });

  it('does not call a series unsuccessful that a revocation cut short', () => {
    const attempts = [anAttempt({ claimedAt: MONDAY_10 - DAY_MS, endedAt: MONDAY_10 - DAY_MS + MINUTE_MS })];
    expect(seriesToEnd(aPlannerInput({ runs: [AI_RUN], attempts }))).toEqual([]);
  });

  it('announces no call that can not be made', () => {
    const ahead = aText({ key: 'ahead', when: { kind: 'before_call' } });
    const run = aRun({ calls: someCalls({ requiresConsent: 'ai_voice' }), messages: [ahead] });
    expect(decide(aPlannerInput({ runs: [run] }))).toMatchObject({ kind: 'finish' });
    expect(decide(aPlannerInput({ runs: [run], contact: AGREED }))).toMatchObject({ touch: { key: 'intake.ahead.1' } });
  });

  it('calls without the text ahead where that was not agreed to', () => {
    const ahead = aText({ key: 'ahead', when: { kind: 'before_call' }, requiresConsent: 'marketing_sms' });
    expect(decide(aPlannerInput({ runs: [aRun({ messages: [ahead] })] }))).toMatchObject({
      touch: { key: 'intake.call.1' },
    });
  });
});

describe('what a person can agree to', () => {
  it('is one of five classes, and no other word passes for one', () => {
    expect(ConsentClassSchema.options).toEqual([
      'live_call',
      'ai_voice',
      'prerecorded',
      'marketing_sms',
      'marketing_email',
    ]);
    expect(ConsentClassSchema.safeParse('marketing').success).toBe(false);
  });

  it.each([
    ['live_call', 'voice'],
    ['ai_voice', 'voice'],
    ['prerecorded', 'voice'],
    ['marketing_sms', 'sms'],
    ['marketing_email', 'email'],
  ] as const)('is meant for one channel: %s for %s', (each, channel) => {
    expect(CONSENT_CHANNEL[each]).toBe(channel);
  });
});
