import { answeredByOf, callFactsOf, callStatusOf, messageFactsOf, messageStatusOf } from './provider-words';

describe("the provider's words", () => {
  it.each([
    ['queued', 'queued'],
    ['initiated', 'initiated'],
    ['ringing', 'ringing'],
    ['in-progress', 'in_progress'],
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['transferred-to-mars', null],
    ['constructor', null],
    ['', null],
  ])('for a call: "%s" is %s', (word, status) => {
    expect(callStatusOf(word)).toBe(status);
  });

  it.each([
    ['accepted', 'queued'],
    ['scheduled', 'queued'],
    ['queued', 'queued'],
    ['sending', 'sending'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['receiving', null],
    ['toString', null],
  ])('for a message: "%s" is %s', (word, status) => {
    expect(messageStatusOf(word)).toBe(status);
  });

  it.each([
    ['human', 'human'],
    ['fax', 'fax'],
    ['machine_start', 'machine'],
    ['machine_end_beep', 'machine'],
    ['machine_end_silence', 'machine'],
    ['machine_end_other', 'machine'],
    ['unknown', 'unknown'],
    ['martian', 'unknown'],
  ])('for who answered: "%s" is %s', (word, answeredBy) => {
    expect(answeredByOf(word)).toBe(answeredBy);
  });
});

describe('a look-up', () => {
  it('of a call tells what its callbacks would have told', () => {
    expect(
      callFactsOf({
        sid: 'CA1',
        status: 'completed',
        answeredBy: 'machine_start',
        durationSeconds: 12,
        errorCode: '13224',
      }),
    ).toEqual([
      { kind: 'machine_detected', answeredBy: 'machine', sid: 'CA1' },
      { kind: 'call_progress', status: 'completed', sid: 'CA1', durationSeconds: 12, errorCode: '13224' },
    ]);
    expect(callFactsOf({ sid: 'CA1', status: 'ringing' })).toEqual([
      { kind: 'call_progress', status: 'ringing', sid: 'CA1' },
    ]);
  });

  it('of a message tells its status and its error', () => {
    expect(messageFactsOf({ sid: 'SM1', status: 'undelivered', errorCode: '30003' })).toEqual([
      { kind: 'message_progress', status: 'undelivered', sid: 'SM1', errorCode: '30003' },
    ]);
    expect(messageFactsOf({ sid: 'SM1', status: 'sent' })).toEqual([
      { kind: 'message_progress', status: 'sent', sid: 'SM1' },
    ]);
  });

  it('with a word that is new to us tells nothing', () => {
    expect(callFactsOf({ sid: 'CA1', status: 'new-word', answeredBy: 'human' })).toEqual([]);
    expect(messageFactsOf({ sid: 'SM1', status: 'new-word' })).toEqual([]);
  });
});
