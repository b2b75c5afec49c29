import * as fc from 'fast-check';
import type { FactBody } from './fact';
import { fold } from './fold';
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
import { MINUTE_MS } from './instant';
import type { AttemptState } from './planner-input';
import type { CallOutcome } from './rule';

const OUTCOMES: readonly CallOutcome[] = ['successful', 'unsuccessful', 'converted', 'disqualified'];
const RULES = OUTCOMES.map((outcome) =>
  aRule(`on-${outcome}`, { trigger: 'call_outcome', outcome }, [{ kind: 'crm_note', text: `It was ${outcome}.` }]),
);

const progress = (status: (FactBody & { kind: 'call_progress' })['status'], more: object = {}): FactBody =>
  aFact({ kind: 'call_progress', status, ...more });
const heard = (answeredBy: 'human' | 'machine' | 'fax' | 'unknown'): FactBody =>
  aFact({ kind: 'machine_detected', answeredBy, sid: 'CA1' });
const tag = (outcome: CallOutcome, more: object = {}): FactBody => aFact({ kind: 'call_outcome', outcome, ...more });

const INITIATED = progress('initiated', { sid: 'CA1' });
const RINGING = progress('ringing', { sid: 'CA1' });
const IN_PROGRESS = progress('in_progress', { sid: 'CA1' });
const COMPLETED = progress('completed', { sid: 'CA1', durationSeconds: 40 });

const called = (changes: FoldStateChanges, ...facts: FactBody[]) =>
  tell(aFoldState({ rules: RULES, ...changes }), ...facts);

describe('the facts of one call, in any order and however often (INV-7)', () => {
  const ends = fc.constantFrom(
    [IN_PROGRESS, COMPLETED],
    [progress('busy')],
    [progress('no_answer')],
    [progress('failed', { errorCode: '31003' }), progress('failed', { errorCode: '13224' })],
    [progress('canceled')],
  );
  const stories = fc
    .record({
      end: ends,
      machine: fc.constantFrom(null, 'human' as const, 'machine' as const, 'fax' as const, 'unknown' as const),
      outcome: fc.constantFrom(null, ...OUTCOMES),
      state: fc.constantFrom<AttemptState[]>('claimed', 'unknown', 'accepted', 'unknown_final', 'not_sent'),
      eachFailedCall: fc.boolean(),
      stopsCalls: fc.boolean(),
    })
    // With "each failed call" a machine fails at once; a tag that later proves a person comes as news on top of it.
    .filter(({ eachFailedCall, machine, outcome }) => {
      const isContradiction =
        outcome !== null && outcome !== 'unsuccessful' && (machine === 'machine' || machine === 'fax');
      return !eachFailedCall || !isContradiction;
    })
    .chain(({ end, machine, outcome, ...rest }) => {
      const facts = [
        INITIATED,
        RINGING,
        ...end,
        ...(machine === null ? [] : [heard(machine)]),
        ...(outcome === null ? [] : [tag(outcome)]),
      ];
      return fc.record({
        rest: fc.constant(rest),
        facts: fc.constant(facts),
        shuffled: fc
          .array(fc.constantFrom(...facts), { maxLength: 4 })
          .chain((again) => fc.shuffledSubarray([...facts, ...again], { minLength: facts.length + again.length })),
      });
    });

  it('leave the same rows, fire the same rules and tell the same story', () => {
    fc.assert(
      fc.property(stories, ({ rest: { state, eachFailedCall, stopsCalls }, facts, shuffled }) => {
        const stop = aRule('stop', { trigger: 'call_outcome', outcome: 'unsuccessful' }, [{ kind: 'stop_calls' }]);
        const changes = { attempt: { state }, eachFailedCall, rules: stopsCalls ? [...RULES, stop] : RULES };
        const inOrder = called(changes, ...facts);
        const anyhow = called(changes, ...shuffled);
        expect(anyhow.state).toEqual(inOrder.state);
        expect(firingsOf(anyhow).sort()).toEqual(firingsOf(inOrder).sort());
        expect(effectsOf(anyhow).sort()).toEqual(effectsOf(inOrder).sort());
        expect(timelineOf(anyhow).sort()).toEqual(timelineOf(inOrder).sort());
        expect(new Set(firingsOf(inOrder)).size).toBe(firingsOf(inOrder).length);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('the end of a call', () => {
  it.each([
    ['completed', 'answered'],
    ['busy', 'busy'],
    ['no_answer', 'no_answer'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
  ] as const)('told as %s is kept as %s and frees the line', (status, disposition) => {
    const { state, changes } = called({}, progress(status));
    expect(state.attempt).toMatchObject({ state: 'ended', status, disposition });
    expect(changes[0]).toMatchObject({ freesLine: true, attempt: { endedAt: NOW, acceptedAt: NOW } });
    expect(timelineOf({ state, changes })).toEqual(['call_started', 'call_ended']);
  });

  it('wakes the plan when nobody was reached', () => {
    expect(fold(aFoldState(), progress('busy'))).toMatchObject({ wakes: true, enrollment: {} });
  });

  it('wakes nobody when a person was reached, whose tag is about to come, and has somebody look if it does not', () => {
    const { wakes, enrollment } = fold(aFoldState({ untaggedAfterMs: 15 * MINUTE_MS }), COMPLETED);
    expect({ wakes, enrollment }).toEqual({ wakes: false, enrollment: { dueAt: NOW + 15 * MINUTE_MS } });
  });

  it('keeps the instant at which it was first told', () => {
    const ended = { state: 'ended', status: 'failed', rank: 11, disposition: 'failed', endedAt: NOW - 500 } as const;
    const { state, changes } = called({ attempt: ended }, COMPLETED);
    expect(changes[0]?.attempt.endedAt).toBe(NOW - 500);
    expect(state.attempt).toMatchObject({ status: 'completed', disposition: 'answered' });
    expect(timelineOf({ state, changes })).toEqual([]);
  });

  const stop = aRule('stop', { trigger: 'call_outcome', outcome: 'unsuccessful' }, [{ kind: 'stop_calls' }]);

  const kept = { kind: 'close', state: 'kept', reason: 'no_answer' };

  it.each([
    ['where no rule fires', [], [kept]],
    [
      'before a rule of its stops calls, which breaks whatever else was promised meanwhile',
      [stop],
      [kept, { kind: 'close', state: 'broken', reason: 'calls_stopped' }],
    ],
  ])('keeps the promise of a callback, %s', (_, rules, commitments) => {
    const promised = { attempt: { isCallback: true }, hasOpenCommitment: true, eachFailedCall: true, rules };
    const { changes } = called(promised, progress('no_answer'));
    expect(changes[0]?.commitments).toEqual(commitments);
  });
});

describe('a word of the provider before the end', () => {
  it.each([
    ['claimed', 'accepted'],
    ['unknown', 'accepted'],
    ['accepted', 'accepted'],
    ['unknown_final', 'unknown_final'],
    ['not_sent', 'accepted'],
  ] as const)('leaves an attempt that was %s as %s', (before, after) => {
    const { state, changes } = called({ attempt: { state: before } }, RINGING);
    expect(state.attempt).toMatchObject({ state: after, status: 'ringing', sid: 'CA1' });
    expect(timelineOf({ state, changes })).toEqual(before === after ? [] : ['call_started']);
    expect(changes[0]).toMatchObject({ wakes: false, freesLine: false });
  });

  it('proves by machine detection as well that the provider took the call', () => {
    const { state, changes } = called({ attempt: { state: 'unknown' } }, heard('human'));
    expect(state.attempt).toMatchObject({ state: 'accepted', answeredBy: 'human', sid: 'CA1', disposition: null });
    expect(changes[0]?.attempt.acceptedAt).toBe(NOW);
  });

  it('closes an attempt that was given up as unknown when its end is told after all', () => {
    const { state } = called({ attempt: { state: 'unknown_final' } }, RINGING, COMPLETED);
    expect(state.attempt).toMatchObject({ state: 'ended', disposition: 'answered' });
  });

  it('keeps the first id', () => {
    expect(called({ attempt: { sid: 'CA0' } }, RINGING).state.attempt?.sid).toBe('CA0');
  });

  it('learns the duration from a repetition of the end that knows it', () => {
    const { changes } = called({}, progress('completed'), COMPLETED, progress('ringing', { durationSeconds: 3 }));
    expect(changes.map(({ attempt }) => attempt.durationSeconds)).toEqual([undefined, 40, undefined]);
  });

  it('changes nothing where there is no attempt', () => {
    const { state, changes } = called({ attempt: null }, RINGING, heard('machine'), tag('converted'));
    expect(state).toEqual(aFoldState({ attempt: null, rules: RULES }));
    expect(firingsOf({ state, changes })).toEqual([]);
  });
});

describe('the tag of a call (S0-19)', () => {
  const CONVERTED = 'on-converted: Converted Call';

  it.each([
    ['after the end', [RINGING, COMPLETED, tag('converted')], [[], [], [CONVERTED]]],
    ['before the end', [RINGING, tag('converted'), COMPLETED], [[], [], [CONVERTED]]],
    ['twice', [COMPLETED, tag('converted'), tag('converted')], [[], [CONVERTED], []]],
    ['again with another word', [COMPLETED, tag('converted'), tag('successful')], [[], [CONVERTED], []]],
    ['on a call that nobody answered', [progress('no_answer'), tag('converted')], [[], []]],
    ['on a call without an end', [RINGING, tag('converted')], [[], []]],
    ['with rules left out', [COMPLETED, tag('converted', { runRules: false })], [[], []]],
    ['with rules left out before the end', [tag('converted', { runRules: false }), COMPLETED], [[], []]],
  ])('that comes %s fires where it may, once', (_, facts, firings) => {
    const { state, changes } = called({}, ...facts);
    expect(changes.map((each) => firingsOf({ state, changes: [each] }))).toEqual(firings);
  });

  it('wakes the plan when its rules run, and belongs to the tag whichever fact completed it', () => {
    const { changes } = called({}, tag('converted'), COMPLETED);
    expect(changes[0]).toMatchObject({ wakes: false, attempt: { outcome: 'converted', taggedByThis: true } });
    expect(changes[1]).toMatchObject({ wakes: true, attempt: { outcomeJudged: true }, firings: [{ ofOutcome: true }] });
    expect(changes[1]?.enrollment.dueAt).toBeUndefined();
  });

  it('still counts when it comes after nobody expected it any more', () => {
    const story = called({}, COMPLETED, aFact({ kind: 'call_untagged' }), tag('unsuccessful'));
    expect(story.state.attempt?.outcome).toBe('unsuccessful');
    expect(firingsOf(story)).toEqual(['on-unsuccessful: Unsuccessful Call']);
  });

  it('fires after the enrollment ended, too (R-3)', () => {
    const story = called({ enrollment: { state: 'ended', reason: 'plan_through' } }, COMPLETED, tag('converted'));
    expect(firingsOf(story)).toEqual([CONVERTED]);
  });
});

describe("a person's correction (R-1)", () => {
  const corrected = (outcome: CallOutcome, runRules: boolean) => tag(outcome, { by: 'operator', runRules });

  it('changes the outcome and fires nothing unless asked', () => {
    const story = called({}, COMPLETED, tag('successful'), corrected('converted', false));
    expect(story.state.attempt).toMatchObject({ outcome: 'converted', outcomeJudged: true });
    expect(firingsOf(story)).toEqual(['on-successful: Successful Call']);
    expect(story.changes.at(-1)).toMatchObject({ wakes: true, attempt: { taggedByThis: true } });
  });

  it('fires for itself where it is asked to', () => {
    const story = called({}, COMPLETED, tag('successful'), corrected('converted', true));
    expect(firingsOf(story)).toEqual(['on-successful: Successful Call', 'on-converted: Converted Call']);
    expect(story.changes.at(-1)?.firings).toMatchObject([{ ofOutcome: false }]);
  });

  it('fires even on a call that nobody answered, because a person says so', () => {
    const story = called({}, progress('no_answer'), corrected('disqualified', true));
    expect(firingsOf(story)).toEqual(['on-disqualified: Disqualified Call']);
    expect(story.state.attempt?.disposition).toBe('no_answer');
  });

  it('before the end replaces what the agent would have fired', () => {
    const story = called({}, tag('successful'), corrected('converted', false), COMPLETED);
    expect(firingsOf(story)).toEqual([]);
  });

  it("is not undone by the agent's own tag that comes later", () => {
    const story = called({}, COMPLETED, corrected('converted', false), tag('unsuccessful'));
    expect(story.state.attempt?.outcome).toBe('converted');
    expect(firingsOf(story)).toEqual([]);
  });

  it('can turn a machine into a person and back', () => {
    const machine = called({}, heard('machine'), COMPLETED);
    expect(machine.state.attempt?.disposition).toBe('voicemail');
    const person = tell(machine.state, corrected('successful', false));
    expect(person.state.attempt?.disposition).toBe('answered');
    expect(tell(person.state, corrected('unsuccessful', false)).state.attempt?.disposition).toBe('voicemail');
  });
});

describe('a voicemail', () => {
  it.each([
    ['heard before the end', [heard('machine'), COMPLETED]],
    ['heard after the end', [COMPLETED, heard('machine')]],
    ['a fax', [heard('fax'), COMPLETED]],
  ])('counts as nobody reached: %s', (_, facts) => {
    const story = called({}, ...facts);
    expect(story.state.attempt?.disposition).toBe('voicemail');
    expect(story.changes.at(-1)?.wakes).toBe(true);
    expect(firingsOf(story)).toEqual([]);
  });

  it.each([
    ['human', 'answered'],
    ['unknown', 'answered'],
  ] as const)('is not what %s means', (answeredBy, disposition) => {
    const story = called({}, COMPLETED, heard(answeredBy));
    expect(story.state.attempt?.disposition).toBe(disposition);
    expect(story.changes.at(-1)?.wakes).toBe(false);
  });

  it('changes nothing when it is heard again, or as something poorer', () => {
    const story = called({}, heard('machine'), heard('machine'), heard('unknown'));
    expect(story.changes.map(({ attempt }) => attempt.answeredBy)).toEqual(['machine', undefined, undefined]);
  });

  it('was a person if the tag can only come from one', () => {
    const story = called({}, heard('machine'), COMPLETED, tag('converted'));
    expect(story.state.attempt?.disposition).toBe('answered');
    expect(firingsOf(story)).toEqual(['on-converted: Converted Call']);
  });

  it.each([
    ['then detection', [COMPLETED, tag('unsuccessful'), heard('machine')]],
    ['after detection', [COMPLETED, heard('machine'), tag('unsuccessful')]],
    ['before the end', [tag('unsuccessful'), heard('machine'), COMPLETED]],
  ])('that the agent tags unsuccessful fires once and stays a voicemail: tag %s (R-2)', (_, facts) => {
    const story = called({}, ...facts);
    expect(story.state.attempt?.disposition).toBe('voicemail');
    expect(firingsOf(story)).toEqual(['on-unsuccessful: Unsuccessful Call']);
  });
});

describe('with "each failed call" on (R-2)', () => {
  const each = (...facts: FactBody[]) => firingsOf(called({ eachFailedCall: true }, ...facts));
  const UNSUCCESSFUL = ['on-unsuccessful: Unsuccessful Call'];

  it.each([
    ['busy', [progress('busy')], UNSUCCESSFUL],
    ['no answer, told twice', [progress('no_answer'), progress('no_answer')], UNSUCCESSFUL],
    ['failed, then told otherwise', [progress('failed'), progress('no_answer')], UNSUCCESSFUL],
    ['a machine before the end', [heard('machine'), COMPLETED], UNSUCCESSFUL],
    ['a machine after the end', [COMPLETED, heard('machine')], UNSUCCESSFUL],
    ['a machine, tagged', [COMPLETED, heard('machine'), tag('unsuccessful')], UNSUCCESSFUL],
    ['a person', [COMPLETED], []],
    ['a person, tagged', [COMPLETED, tag('unsuccessful')], UNSUCCESSFUL],
    ['a person, tagged, then heard to be a machine', [COMPLETED, tag('unsuccessful'), heard('machine')], UNSUCCESSFUL],
    [
      'a machine that was a person after all',
      [heard('machine'), COMPLETED, tag('successful')],
      [...UNSUCCESSFUL, 'on-successful: Successful Call'],
    ],
  ])('%s', (_, facts, firings) => {
    expect(each(...facts)).toEqual(firings);
  });

  it('is off by default: a failed call fires nothing', () => {
    expect(firingsOf(called({}, progress('busy')))).toEqual([]);
  });
});
