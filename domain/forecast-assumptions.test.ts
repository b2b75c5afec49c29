import { Answers, type Assumptions, AssumptionsSchema } from './forecast-assumptions';

const ASHA = '00000000-0000-4000-8000-000000000001';
const BEN = '00000000-0000-4000-8000-000000000002';
const MANY = 4_000;

function assume(changes: object = {}): Assumptions {
  return AssumptionsSchema.parse(changes);
}

function contactIds(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
}

function share<T>(items: readonly T[], is: (item: T) => boolean): number {
  return items.filter(is).length / items.length;
}

describe('assumptions', () => {
  it('have a default each, and shares that leave room', () => {
    expect(assume()).toMatchObject({ seed: 1, calls: { answered: 0.25 }, seconds: { noAnswer: null }, scripts: [] });
  });

  it.each([
    [{ calls: { answered: 0.9, voicemail: 0.2, busy: 0, failed: 0 } }, ['calls'], 'add up to 1.1'],
    [{ outcomes: { successful: 0.5, converted: 0.5, disqualified: 0.5 } }, ['outcomes'], 'add up to 1.5'],
    [
      { scripts: [{ contactId: ASHA }, { contactId: BEN }, { contactId: ASHA }] },
      ['scripts', 2, 'contactId'],
      'two scripts',
    ],
  ])('%j is refused by name', (changes, path, words) => {
    const { error } = AssumptionsSchema.safeParse(changes);
    expect(error?.issues).toEqual([expect.objectContaining({ path, message: expect.stringContaining(words) })]);
  });

  it('takes thirds that miss one by what a computer can not count', () => {
    expect(
      AssumptionsSchema.safeParse({ calls: { answered: 0.1, voicemail: 0.2, busy: 0.3, failed: 0.4 } }).success,
    ).toBe(true);
  });
});

describe('answers by chance', () => {
  it('are the same for the same seed, person and call, and others for others', () => {
    const one = new Answers(assume());
    const again = new Answers(assume());
    const other = new Answers(assume({ seed: 2 }));
    const spoken = (answers: Answers) => contactIds(50).map((id) => answers.call(id, 0).result);
    expect(spoken(one)).toEqual(spoken(again));
    expect(spoken(one)).not.toEqual(spoken(other));
    expect(contactIds(50).map((id) => one.call(id, 1).result)).not.toEqual(spoken(one));
  });

  it('come in the shares that were said', () => {
    const answers = new Answers(assume({ callbacks: { rate: 0.5, afterMinutes: 90 }, replies: { stop: 0.1 } }));
    const calls = contactIds(MANY).map((id) => answers.call(id, 0));
    expect(share(calls, ({ result }) => result === 'answered')).toBeCloseTo(0.25, 1);
    expect(share(calls, ({ result }) => result === 'voicemail')).toBeCloseTo(0.35, 1);
    expect(share(calls, ({ result }) => result === 'no_answer')).toBeCloseTo(0.32, 1);
    const answered = calls.filter(({ result }) => result === 'answered');
    expect(share(answered, ({ outcome }) => outcome === 'successful')).toBeCloseTo(0.3, 1);
    expect(share(answered, ({ outcome }) => outcome === 'unsuccessful')).toBeCloseTo(0.5, 1);
    expect(share(answered, ({ callbackMinutes }) => callbackMinutes === 90)).toBeCloseTo(0.5, 1);
    expect(calls.filter(({ result }) => result !== 'answered').every(({ outcome }) => outcome === null)).toBe(true);
    const texts = contactIds(MANY).map((id) => answers.message(id, 'sms', 0));
    expect(share(texts, (answer) => answer === 'stop')).toBeCloseTo(0.1, 1);
    expect(contactIds(MANY).every((id) => answers.message(id, 'email', 0) === 'nothing')).toBe(true);
  });
});

describe('a script', () => {
  const answers = new Answers(
    assume({
      calls: { answered: 1, voicemail: 0, busy: 0, failed: 0 },
      replies: { stop: 1 },
      scripts: [
        {
          contactId: ASHA,
          calls: [{ result: 'busy' }, { result: 'answered', outcome: null }],
          texts: ['interested', 'nothing'],
          mails: ['stop'],
        },
        { contactId: BEN },
      ],
    }),
  );

  it('answers in its order, and with its last word from then on', () => {
    expect([0, 1, 2, 9].map((n) => answers.call(ASHA, n).result)).toEqual(['busy', 'answered', 'answered', 'answered']);
    expect([0, 1, 2].map((n) => answers.message(ASHA, 'sms', n))).toEqual(['interested', 'nothing', 'nothing']);
    expect(answers.message(ASHA, 'email', 3)).toBe('stop');
  });

  it('leaves to chance what it says nothing of', () => {
    expect(answers.call(BEN, 0).result).toBe('answered');
    expect(answers.message(BEN, 'sms', 0)).toBe('stop');
    expect(answers.message(BEN, 'email', 0)).toBe('nothing');
  });
});
