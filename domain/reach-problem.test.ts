import { channelsLeft, REACH_PROBLEMS, tellProblems } from './reach-problem';

describe('what stands in the way of reaching a person', () => {
  it('is told in a sentence each', () => {
    for (const { problem, sentence } of tellProblems(REACH_PROBLEMS))
      expect([problem, sentence]).toEqual([problem, expect.stringMatching(/^[A-Z].*\.$/)]);
    expect(tellProblems([])).toEqual([]);
  });

  it.each([
    [[], ['voice', 'sms', 'email']],
    [
      ['unknown_place', 'no_consent'],
      ['voice', 'sms', 'email'],
    ],
    [['no_phone'], ['email']],
    [['no_usable_phone', 'opted_out_email'], []],
    [['opted_out_case_type'], ['sms', 'email']],
    [['opted_out_voice', 'no_email'], ['sms']],
  ] as const)('%j leaves %j (K-24)', (problems, channels) => {
    expect(channelsLeft(problems)).toEqual(channels);
  });
});
