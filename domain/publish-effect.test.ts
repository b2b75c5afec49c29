import type { Decision, Touch } from './decision';
import {
  aContact,
  aMail,
  anAttempt,
  aPhone,
  aPlannerInput,
  aRun,
  aText,
  MONDAY_10,
  someCalls,
} from './planner-builders';
import type { Plan, Run } from './plan';
import { EFFECTS, effectOf, reaches, rewordedSteps } from './publish-effect';

const TOUCH: Touch = {
  key: 'intake.call.1',
  runKey: 'intake',
  stepKey: 'call',
  ordinal: 1,
  channel: 'voice',
  try: 1,
  toHash: 'phone-1',
  version: 1,
  untilAt: MONDAY_10,
};
const wait = (askAt: number, touch: Touch | undefined = TOUCH): Decision => ({
  kind: 'wait',
  askAt,
  reasons: [],
  ...(touch === undefined ? {} : { touch }),
});
const due: Decision = { kind: 'touch', touch: TOUCH, askAt: MONDAY_10, reasons: [] };
const hold: Decision = { kind: 'hold', askAt: MONDAY_10, reasons: [] };
const finish: Decision = { kind: 'finish', reason: 'plan_through', reasons: [] };
const NONE = new Set<string>();

describe('what a publish does to one contact', () => {
  it.each<[string, Decision, Decision, string]>([
    ['the same at the same time', wait(5), wait(5), 'unchanged'],
    ['the same, due already', due, { ...due, kind: 'queue' }, 'unchanged'],
    ['the same, sooner', wait(5), wait(4), 'sooner'],
    ['the same, later', due, wait(5), 'later'],
    ['another touch', wait(5), wait(5, { ...TOUCH, key: 'intake.text.1', stepKey: 'text' }), 'another_touch'],
    ['a touch where there was none', hold, wait(5), 'another_touch'],
    ['nothing more', wait(5), finish, 'ends'],
    ['nothing more, as before', finish, finish, 'unchanged'],
    ['what only the end of a hold will tell', wait(5), hold, 'undecided'],
    ['what only the tag of a call will tell', wait(5), { kind: 'wait', askAt: 5, reasons: [] }, 'undecided'],
  ])('%s', (_, before, after, effect) => {
    expect(effectOf(before, after, NONE)).toBe(effect);
    expect(EFFECTS).toContain(effect);
  });

  it('the same with other words (E-10)', () => {
    expect(effectOf(due, due, new Set(['intake.call']))).toBe('other_words');
    expect(effectOf(due, due, new Set(['intake.text']))).toBe('unchanged');
  });
});

describe('the steps with other words (E-10)', () => {
  const planOf = (...runs: Run[]): Plan => ({ runs, formId: null });
  const OLD = planOf(aRun({ messages: [aText(), aMail()] }));

  it('are those whose greeting, voicemail, subject or text changed, and not those that moved', () => {
    const moved = aText({ when: { kind: 'after_start', delayMinutes: 9 } });
    expect(rewordedSteps(OLD, planOf(aRun({ messages: [moved, aMail({ subject: 'Hi' })] })))).toEqual(
      new Set(['intake.mail']),
    );
    const greeting = someCalls({ greeting: 'Hi.', attempts: 9 });
    expect(rewordedSteps(OLD, planOf(aRun({ calls: greeting, messages: [aText({ key: 'new' })] })))).toEqual(
      new Set(['intake.call']),
    );
    expect(rewordedSteps(OLD, planOf(aRun({ calls: undefined, messages: [aText()] })))).toEqual(NONE);
  });

  it('does not count where only another place holds the same words (U-10)', () => {
    const plain = planOf(aRun({ messages: [aText()] }));
    const templateId = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0001';
    const shared = (changes: object) =>
      planOf(aRun({ messages: [aText({ templateId, templateVersion: 1, ...changes })] }));
    expect(rewordedSteps(plain, shared({}))).toEqual(NONE);
    expect(rewordedSteps(plain, shared({ translations: { es: { text: 'Hola.' } } }))).toEqual(new Set(['intake.text']));
  });
});

describe('a step that comes in (E-6)', () => {
  const after = aText({ key: 'missed', when: { kind: 'after_call', results: ['any'] } });
  const runs = [aRun({ calls: someCalls({ attempts: 2 }), messages: [after, aText({ key: 'news' })] })];
  const spent = [1, 2].map((ordinal) => anAttempt({ ordinal }));

  it('is reached where it is still to come', () => {
    const input = aPlannerInput({ runs });
    expect(['intake.news', 'intake.missed', 'intake.call', 'intake.gone'].map((step) => reaches(input, step))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('is reached by who waits for the text ahead of the call', () => {
    const ahead = [aRun({ messages: [aText({ when: { kind: 'before_call' } })] })];
    expect(reaches(aPlannerInput({ runs: ahead }), 'intake.call')).toBe(true);
  });

  it.each([
    ['has no calls left', { attempts: [...spent, anAttempt({ stepKey: 'missed', channel: 'sms' })] }],
    ['was stopped', { enrollment: { callsStoppedAt: MONDAY_10 } }],
    ['has no phone', { contact: aContact({ addresses: [aPhone({ usable: false })] }) }],
  ])('is not reached by who %s', (_, changes) => {
    expect(reaches(aPlannerInput({ runs, ...changes }), 'intake.call')).toBe(false);
  });
});
