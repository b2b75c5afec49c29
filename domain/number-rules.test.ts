import { addressFor, addressOf, barOfTouch, barsOf } from './candidate';
import { decide, seriesToEnd } from './decide';
import { explain } from './explain';
import { DAY_MS } from './instant';
import type { NumberChecks, Relationship } from './number-check';
import { barOf, basisOf, isPassing, SCRUB_DAYS, solicitsOn } from './number-rules';
import {
  aCompany,
  aContact,
  aMail,
  aMailbox,
  aMessagingRun,
  anAttempt,
  aPhone,
  aPlannerInput,
  aRun,
  aText,
  CHICAGO,
  KOLKATA,
  local,
  MONDAY_10,
  type PlannerInputChanges,
} from './planner-builders';
import type { AddressView, ContactView } from './planner-input';

const SELLING = { solicits: true };

function looked(answer: 'listed' | 'not_listed', daysAgo = 1): Pick<AddressView, 'checks'> {
  return { checks: { dnc: { answer, checkedAt: MONDAY_10 - daysAgo * DAY_MS, source: 'registry' } } };
}

function reassignment(answer: NonNullable<NumberChecks['reassigned']>['answer'], daysAgo = 1) {
  const checkedAt = MONDAY_10 - daysAgo * DAY_MS;
  return { checks: { reassigned: { answer, checkedAt, askedAboutAt: checkedAt - DAY_MS, source: 'database' } } };
}

function of(phone: Partial<AddressView>, changes: Partial<ContactView> = {}): ContactView {
  return aContact({ addresses: [aPhone(phone)], ...changes });
}

function decisionOf(contact: ContactView, changes: PlannerInputChanges = {}) {
  return decide(aPlannerInput({ policy: SELLING, contact, ...changes }));
}

const PURCHASE: Relationship = { id: 'r-1', kind: 'purchase', on: '2026-08-15' };

describe('a campaign that solicits (C10)', () => {
  it('calls a number that was looked up within 31 days and is not listed, and says so', () => {
    const decision = decisionOf(of(looked('not_listed', SCRUB_DAYS)));
    expect(decision.kind).toBe('touch');
    expect(explain(decision)).toContain('it solicits, and the number was not on the Do-Not-Call list at 2027-01-29');
  });

  it.each<[string, Partial<AddressView>, string]>([
    ['was never looked up', {}, 'the number was never looked up in the Do-Not-Call list'],
    [
      'was looked up 32 days ago',
      looked('not_listed', SCRUB_DAYS + 1),
      'more than 31 days ago (looked up at 2027-01-28',
    ],
  ])('holds whoever has a number that %s, until somebody looks it up', (_, phone, sentence) => {
    const decision = decisionOf(of(phone));
    expect(decision).toMatchObject({ kind: 'hold', askAt: MONDAY_10 + DAY_MS, reasons: [{ code: 'no_basis' }] });
    expect(explain(decision)).toContain(sentence);
  });

  it('gives up whoever has a listed number alone, and says so', () => {
    const decision = decisionOf(of(looked('listed')));
    expect(decision).toMatchObject({ kind: 'finish', reason: 'no_consent', reasons: [{ state: 'listed' }] });
    expect(explain(decision)).toContain('is on the Do-Not-Call list, with no consent and no business relationship');
  });

  it('takes the next number where the first is listed, and does not wait for one where another is free', () => {
    const second = aPhone({ hash: 'phone-2', ...looked('not_listed') });
    for (const first of [looked('listed'), {}]) {
      const decision = decisionOf(aContact({ addresses: [aPhone(first), second] }));
      expect(decision).toMatchObject({ kind: 'touch', touch: { toHash: 'phone-2' } });
    }
    const decision = decisionOf(aContact({ addresses: [aPhone(looked('listed')), aPhone({ hash: 'phone-2' })] }));
    expect(decision).toMatchObject({ kind: 'hold', reasons: [{ state: 'unchecked' }] });
  });

  it.each([
    ['a consent to calls', { consents: [{ id: 'c-1', class: 'live_call' }] }, 'consent "live_call"'],
    ['a purchase', { relationships: [PURCHASE] }, 'purchase of 2026-08-15'],
    ['an inquiry', { relationships: [{ ...PURCHASE, kind: 'inquiry', on: '2027-02-01' }] }, 'inquiry of 2027-02-01'],
  ] as const)('calls a listed number, or one that nobody looked up, by %s', (_, basis, sentence) => {
    for (const phone of [looked('listed'), {}]) {
      const decision = decisionOf(of(phone, basis));
      expect(decision.kind).toBe('touch');
      expect(explain(decision)).toContain(`it solicits, which rests on the ${sentence}`);
    }
  });

  it('waits for the first of two numbers that nobody looked up', () => {
    const input = aPlannerInput({
      policy: SELLING,
      contact: aContact({ addresses: [aPhone(), aPhone({ hash: 'phone-2' })] }),
    });
    expect(addressFor(input, 'voice')?.hash).toBe('phone-1');
    expect(barsOf(input, 'voice')).toHaveLength(2);
  });

  it('takes a consent for the channel that it was given for', () => {
    const contact = of(looked('listed'), { consents: [{ id: 'c-1', class: 'marketing_sms' }] });
    const runs = [aMessagingRun(aText())];
    expect(decisionOf(contact).kind).toBe('finish');
    expect(decisionOf(contact, { runs }).kind).toBe('touch');
  });

  it.each<[Relationship['kind'], string, string, string]>([
    ['purchase', '2026-08-31', '2028-02-28 23:59', '2028-02-29 00:00'],
    ['inquiry', '2027-01-15', '2027-04-14 23:59', '2027-04-15 00:00'],
  ])('rests on a %s of %s until %s and no longer at %s', (kind, on, last, over) => {
    const contact = of({}, { relationships: [{ id: 'r-1', kind, on }] });
    const basisAt = (at: string) => basisOf(aPlannerInput({ contact, now: local(CHICAGO, at) }), 'voice');
    expect([basisAt(last)?.id, basisAt(over)]).toEqual(['r-1', null]);
  });

  it('rests on a relationship only while it stands wherever the person may be', () => {
    const contact = of({}, { zones: [CHICAGO, KOLKATA], relationships: [{ ...PURCHASE, on: '2025-09-15' }] });
    const basisAt = (at: string) => basisOf(aPlannerInput({ contact, now: local(CHICAGO, at) }), 'voice');
    expect([basisAt('2027-03-14 12:00')?.id, basisAt('2027-03-14 20:00')]).toEqual(['r-1', null]);
  });

  it('sends mails on, and says what it holds back', () => {
    const contact = aContact({ addresses: [aPhone(), aMailbox()] });
    const decision = decisionOf(contact, { runs: [aRun({ messages: [aMail()] })] });
    expect(decision).toMatchObject({ kind: 'touch', touch: { channel: 'email' } });
    expect(decision.reasons).toContainEqual({ code: 'no_basis', state: 'unchecked' });
  });

  it('sends no text ahead of a call that it may not make', () => {
    const ahead = aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 5 } });
    const contact = of({}, { consents: [{ id: 'c-1', class: 'marketing_sms' }] });
    expect(decisionOf(contact, { runs: [aRun({ messages: [ahead] })] }).kind).toBe('hold');
  });

  it('calls without the text ahead where only the text may not be sent for now', () => {
    const ahead = aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 5 } });
    const contact = of({}, { consents: [{ id: 'c-1', class: 'live_call' }] });
    expect(decisionOf(contact, { runs: [aRun({ messages: [ahead] })] })).toMatchObject({
      kind: 'touch',
      touch: { channel: 'voice' },
    });
  });

  it('ends by itself where its time is over before anybody has looked', () => {
    const runs = [aRun({ endsOn: '2027-03-02' })];
    expect(decisionOf(of({}), { runs, now: local(CHICAGO, '2027-03-05 10:00') })).toMatchObject({
      kind: 'finish',
      reason: 'no_consent',
      reasons: [{ state: 'unchecked' }],
    });
  });

  it('keeps a callback that the person asked for', () => {
    const commitments = [{ id: 'k-1', ordinal: 1, promisedAt: MONDAY_10 }];
    expect(decisionOf(of(looked('listed')), { commitments })).toMatchObject({
      kind: 'touch',
      touch: { commitmentId: 'k-1' },
    });
  });

  it('is one also where the person was kept in a version that solicits', () => {
    const sold = aPlannerInput({ policy: SELLING }).policy;
    expect(decisionOf(of({}), { policy: {}, version: { policy: sold } }).kind).toBe('hold');
    expect(decisionOf(of({}), { policy: {} }).kind).toBe('touch');
    const channels = (['voice', 'sms', 'email'] as const).filter((channel) =>
      solicitsOn(aPlannerInput({ policy: SELLING }), channel),
    );
    expect(channels).toEqual(['voice', 'sms']);
  });

  it('says nothing of the end of a series that its own rules cut short', () => {
    const series = { attempts: [anAttempt()], runs: [aRun({ endsOn: '2027-03-02' })] };
    const later = { now: local(CHICAGO, '2027-03-05 10:00') };
    const endOf = (phone: Partial<AddressView>) =>
      seriesToEnd(aPlannerInput({ policy: SELLING, contact: of(phone), ...series, ...later }));
    expect(endOf(looked('listed'))).toEqual([]);
    expect(endOf({ checks: { dnc: { answer: 'not_listed', checkedAt: later.now, source: 'registry' } } })).toEqual([
      'intake',
    ]);
  });
});

describe('a number that changed hands (C11)', () => {
  it('is neither called nor texted once the registry said so, in whatever campaign', () => {
    const contact = of(reassignment('yes'));
    for (const runs of [[aRun()], [aMessagingRun(aText())]]) {
      const decision = decide(aPlannerInput({ contact, runs }));
      expect(decision).toMatchObject({ kind: 'finish', reason: 'unreachable', reasons: [{ code: 'reassigned' }] });
      expect(explain(decision)).toContain('belongs to somebody else, as the registry said at 2027-02-28');
    }
  });

  it.each(['no', 'no_data'] as const)('is called after the answer "%s"', (answer) => {
    expect(decide(aPlannerInput({ contact: of(reassignment(answer)) })).kind).toBe('touch');
  });

  it('is called again when the person gives a sign of having it after that', () => {
    const contactAt = (provenAt: number) => of(reassignment('yes'), { provenAt });
    const kinds = [MONDAY_10 - DAY_MS, MONDAY_10 - DAY_MS + 1].map(
      (provenAt) => decide(aPlannerInput({ contact: contactAt(provenAt) })).kind,
    );
    expect(kinds).toEqual(['finish', 'touch']);
  });

  it('gives way to the next number', () => {
    const contact = aContact({ addresses: [aPhone(reassignment('yes')), aPhone({ hash: 'phone-2' })] });
    expect(decide(aPlannerInput({ contact }))).toMatchObject({ kind: 'touch', touch: { toHash: 'phone-2' } });
  });

  it('is told at the end of a plan that went on without it', () => {
    const contact = aContact({ addresses: [aPhone(reassignment('yes')), aMailbox()] });
    const runs = [aRun({ messages: [aMail()] })];
    const attempts = [anAttempt({ stepKey: 'mail', channel: 'email', state: 'accepted' })];
    const decision = decide(aPlannerInput({ contact, runs, attempts }));
    expect(decision).toMatchObject({ kind: 'finish', reason: 'plan_through' });
    expect(decision.reasons.map(({ code }) => code)).toEqual(['plan_through', 'reassigned']);
  });
});

describe('a number in a country (T25)', () => {
  it.each<[string, Partial<AddressView>, string]>([
    ['that is not allowed', { country: 'LV' }, 'the number is in a country that is not called (LV)'],
    ['of none', { country: null }, 'the number is charged at a special rate or belongs to no country'],
  ])('%s is neither called nor texted, and that is said', (_, phone, sentence) => {
    const decision = decide(aPlannerInput({ contact: of(phone) }));
    expect(decision).toMatchObject({ kind: 'finish', reason: 'unreachable' });
    expect(explain(decision)).toContain(sentence);
  });

  it('is called where the company allows the country, and held back from nobody else', () => {
    const company = aCompany({ allowedCountries: ['US', 'LV'] });
    expect(decide(aPlannerInput({ contact: of({ country: 'LV' }), company })).kind).toBe('touch');
    expect(decide(aPlannerInput({ contact: of({ country: 'US' }) })).kind).toBe('touch');
  });
});

describe('what stands against an address', () => {
  it('is nothing where the person has none, is barred, or one is free', () => {
    const input = aPlannerInput({ contact: aContact({ addresses: [aPhone({ country: null }), aMailbox()] }) });
    expect(barsOf(input, 'voice')).toEqual([{ code: 'costly_number' }]);
    expect(barsOf(input, 'email')).toEqual([]);
    expect(addressFor(input, 'voice')).toBeNull();
    const barred = aPlannerInput({ contact: of({ country: null, suppressed: ['voice'] }) });
    expect(barsOf(barred, 'voice')).toEqual([]);
  });

  it('is nothing of an address that is not the person’s', () => {
    const input = aPlannerInput();
    expect(addressOf(input, 'nobody')).toBeNull();
    expect(barOfTouch(input, { channel: 'voice', toHash: 'nobody' })).toBeNull();
  });

  it('passes only where the next look-up may lift it', () => {
    const bars = [{}, looked('not_listed', 40), looked('listed')].map((phone) =>
      barOf(aPlannerInput({ policy: SELLING }), aPhone(phone), 'voice', 'planned'),
    );
    expect(bars.map((bar) => bar !== null && isPassing(bar))).toEqual([true, true, false]);
    expect(isPassing({ code: 'reassigned' })).toBe(false);
  });
});
