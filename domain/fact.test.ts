import { FactBodySchema } from './fact';

const problemsOf = (fact: unknown) =>
  FactBodySchema.safeParse(fact).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a fact', () => {
  it.each([
    [
      { kind: 'call_outcome', outcome: 'converted' },
      { by: 'agent', runRules: true },
    ],
    [{ kind: 'opted_out', source: 'keypress' }, { channels: ['voice', 'sms', 'email'] }],
    [{ kind: 'form_completed', formId: 'intake' }, { answers: {} }],
  ])('%j is completed with what goes without saying', (fact, more) => {
    expect(FactBodySchema.parse(fact)).toEqual({ ...fact, ...more });
  });

  it.each([
    [{ kind: 'call_ended' }, 'kind: '],
    [{ kind: 'call_progress', status: 'in-progress' }, 'status: '],
    [{ kind: 'call_outcome', outcome: 'untagged' }, 'outcome: '],
    [{ kind: 'opted_out', source: 'keypress', channels: [] }, 'channels: '],
    [{ kind: 'reply_classified', bucket: 'interested', replyFactId: 'x' }, 'replyFactId: '],
    [{ kind: 'callback_requested', at: 1.5 }, 'at: '],
    [{ kind: 'wrong_number', text: 'what the person wrote' }, ': Unrecognized key: "text"'],
  ])('%j is refused', (fact, problem) => {
    expect(problemsOf(fact)).toEqual([expect.stringContaining(problem)]);
  });
});
