import { areCallsOver, callCandidates } from './call-candidates';
import { CampaignDefinitionSchema } from './campaign-definition';
import { decide, seriesToEnd } from './decide';
import { awaitsOrder, callsOfRun } from './external-schedule';
import { DAY_MS, MINUTE_MS } from './instant';
import { messageCandidates } from './message-candidates';
import {
  aContact,
  aMessagingRun,
  anAttempt,
  aPlannerInput,
  aRun,
  aText,
  CHICAGO,
  local,
  MONDAY_10,
  type PlannerInputChanges,
  someCalls,
} from './planner-builders';
import { PROMISES_RUN } from './touch-key';

const EXTERNAL = { callsScheduledExternally: true };
const input = (changes: PlannerInputChanges = {}) => aPlannerInput({ policy: EXTERNAL, ...changes });
const ordered = { id: 'promise-1', ordinal: 1, promisedAt: MONDAY_10 - MINUTE_MS };
const orderedCall = (changes: Parameters<typeof anAttempt>[0] = {}) =>
  anAttempt({ runKey: PROMISES_RUN, stepKey: 'callback', claimedAt: MONDAY_10 - 2 * MINUTE_MS, ...changes });
const FOLLOWED = [
  aRun({ messages: [aText({ when: { kind: 'after_call', results: ['unanswered'], repeat: 'each' } })] }),
];

describe('a campaign whose calls are scheduled elsewhere (K-8)', () => {
  it('places no call by itself, and waits for one to be ordered', () => {
    expect(decide(aPlannerInput())).toMatchObject({ kind: 'touch', touch: { channel: 'voice' } });
    expect(callCandidates(input())).toEqual([]);
    expect(decide(input())).toEqual({
      kind: 'hold',
      askAt: MONDAY_10 + DAY_MS,
      reasons: [{ code: 'calls_scheduled_externally' }],
    });
  });

  it('places the call that was ordered, at its instant and within the hours of the law', () => {
    expect(decide(input({ commitments: [ordered] }))).toMatchObject({
      kind: 'touch',
      touch: { runKey: PROMISES_RUN, channel: 'voice', commitmentId: 'promise-1' },
    });
    const night = local(CHICAGO, '2027-03-01 22:00');
    expect(decide(input({ now: night, commitments: [ordered] }))).toMatchObject({
      kind: 'wait',
      askAt: local(CHICAGO, '2027-03-02 08:00'),
    });
  });

  it('sends its other messages as planned', () => {
    const runs = [aRun({ messages: [aText()] })];
    expect(decide(input({ runs }))).toMatchObject({ kind: 'touch', touch: { channel: 'sms' } });
  });

  it('follows an ordered call with the texts of the run of that day', () => {
    const attempts = [orderedCall()];
    expect(messageCandidates(input({ runs: FOLLOWED, attempts })).map(({ key }) => key)).toEqual(['intake.text.1']);
    expect(messageCandidates(aPlannerInput({ runs: FOLLOWED, attempts }))).toEqual([]);
  });

  it.each<[string, Parameters<typeof aRun>[0], number]>([
    ['its run', {}, 1],
    ['a run that ends that day', { endsOn: '2027-03-01' }, 1],
    ['no run that begins later', { startsOn: '2027-03-02' }, 0],
    ['no run that was over', { startsOn: '2027-02-01', endsOn: '2027-02-26' }, 0],
    ['no run without calls', { calls: undefined, messages: [aText()] }, 0],
  ])('counts an ordered call as one of %s', (_, changes, count) => {
    expect(callsOfRun(input({ attempts: [orderedCall()] }), aRun(changes))).toHaveLength(count);
  });

  it('is through with who was reached', () => {
    const reached = { attempts: [orderedCall({ disposition: 'answered', outcome: 'converted' })] };
    expect(decide(input(reached))).toMatchObject({ kind: 'finish', reason: 'plan_through' });
    expect([areCallsOver(input()), areCallsOver(input(reached))]).toEqual([false, true]);
  });

  it('goes on with who was not reached, and says nothing of a series that is not its own (R-2)', () => {
    const attempts = [1, 2, 3].map((ordinal) => orderedCall({ ordinal }));
    expect(decide(input({ attempts }))).toMatchObject({ kind: 'hold' });
    expect(seriesToEnd(input({ attempts }))).toEqual([]);
  });

  it.each<[string, PlannerInputChanges]>([
    ['the last run with calls is over', { runs: [aRun({ startsOn: '2027-02-01', endsOn: '2027-02-26' })] }],
    ['calls were stopped', { enrollment: { callsStoppedAt: MONDAY_10 - 1 } }],
    ['there is no number', { contact: aContact({ addresses: [] }) }],
    ['no run has calls', { runs: [aMessagingRun(aText())] }],
    ['the plan schedules its calls itself', { policy: {} }],
  ])('waits for no order where %s', (_, changes) => {
    expect(awaitsOrder(input(changes))).toBe(false);
  });

  it('waits for no order of somebody who has left the list', () => {
    expect(decide(input({ enrollment: { isDropped: true }, runs: [aRun({ endsOn: '2027-03-31' })] }))).toMatchObject({
      kind: 'finish',
      reason: 'left_list',
    });
  });

  it('has no text ahead of a call, for nobody here knows when one comes', () => {
    const run = {
      key: 'intake',
      startsOn: '2027-03-01',
      hours: { mode: 'company_times' },
      calls: someCalls(),
      messages: [aText({ key: 'later', when: { kind: 'after_start' } }), aText({ when: { kind: 'before_call' } })],
    };
    const listId = '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a01';
    const parse = (policy: object) =>
      CampaignDefinitionSchema.safeParse({ name: 'Campaign', listId, plan: { runs: [run] }, policy });
    expect(parse({}).success).toBe(true);
    expect(parse(EXTERNAL).error?.issues).toMatchObject([{ path: ['plan', 'runs', 0, 'messages', 1, 'when', 'kind'] }]);
    const runs = [aRun({ messages: [aText({ when: { kind: 'before_call' } })] })];
    expect(messageCandidates(input({ runs }))).toEqual([]);
  });
});
