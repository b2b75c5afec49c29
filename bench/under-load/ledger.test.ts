import { calledTwice, firstCalls, type LedgerEntry, overLimit, peaks } from './ledger';

let n = 0;
const create = (sid: string, to: string, accepted = true): LedgerEntry => ({
  n: ++n,
  rt: n * 100,
  kind: 'create',
  sid,
  to,
  accepted,
});
const status = (sid: string, word: string): LedgerEntry => ({ n: ++n, rt: n * 100, kind: 'status', sid, status: word });

/** The first letter of the person names the campaign. */
const campaignOf = ({ to }: LedgerEntry) => to?.slice(0, 1);

const STORY = [
  create('1', 'a1'),
  create('2', 'b1'),
  status('1', 'ringing'),
  create('3', 'a2'),
  status('1', 'completed'),
  create('4', 'a3'),
  create('5', 'a4', false),
  status('3', 'busy'),
  status('3', 'busy'),
  create('6', 'a1'),
];

describe('the calls of a ledger', () => {
  it('are live from their create to their end, however often that is told', () => {
    expect([...peaks(STORY, campaignOf)]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('are counted in the order of the ledger', () => {
    expect(peaks([...STORY].reverse(), campaignOf).get('a')).toBe(2);
  });

  it('of no campaign count for none', () => expect(peaks(STORY, () => undefined).size).toBe(0));

  it('are over a limit by so many', () => {
    const most = peaks(STORY, campaignOf);
    expect(overLimit(most, new Map([['a', 1]]))).toEqual([{ group: 'a', by: 1 }]);
    expect(overLimit(most, new Map([['a', 2]]))).toEqual([]);
  });

  it('reach the same person twice or not', () => {
    expect(calledTwice(STORY)).toEqual(['a1']);
    expect(calledTwice(STORY.slice(0, -1))).toEqual([]);
  });

  it('have a first one in each campaign', () => {
    expect([...firstCalls(STORY, campaignOf)]).toEqual([
      ['a', 100],
      ['b', 200],
    ]);
  });
});
