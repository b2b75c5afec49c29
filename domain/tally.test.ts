import { fromIso, HOUR_MS } from './instant';
import { firstTally, QUARTER_MS, STAGES, stagesOf, talliesOf, type TallyEntry } from './tally';

const CLAIMED = fromIso('2027-03-01T17:20:00Z');
const QUARTER = fromIso('2027-03-01T17:15:00Z');
const KINDS = ['call_started', 'call_ended', 'message_received', 'form_completed', 'call_analyzed', 'opted_out'];
const CALL = { channel: 'voice', runKey: 'week', claimedAt: CLAIMED, disposition: null } as const;
const entry = (kind: string, more: Partial<TallyEntry> = {}): TallyEntry => ({
  enrollmentId: 'e',
  kind,
  data: {},
  at: CLAIMED + 2 * HOUR_MS,
  attempt: CALL,
  earlierOutcome: null,
  ...more,
});

describe('what is told of an attempt', () => {
  it.each([
    ['call_started', 'touches'],
    ['message_sent', 'touches'],
    ['message_delivered', 'delivered'],
    ['message_failed', 'failed'],
  ])('"%s" counts as %s in the quarter of its claim, however late it comes', (kind, figure) => {
    expect(talliesOf(entry(kind))).toEqual([{ at: QUARTER, runKey: 'week', channel: 'voice', figure, count: 1 }]);
  });

  it('ends as the row says, or else as the entry does', () => {
    const figures = (more: Partial<TallyEntry>) => talliesOf(entry('call_ended', more)).map(({ figure }) => figure);
    expect(figures({ data: { disposition: 'answered' }, attempt: { ...CALL, disposition: 'voicemail' } })).toEqual([
      'voicemail',
    ]);
    expect(figures({ data: { disposition: 'answered' } })).toEqual(['answered']);
    expect(figures({})).toEqual(['unknown']);
  });

  it('has one outcome: a correction takes the earlier one back', () => {
    const cell = { at: QUARTER, runKey: 'week', channel: 'voice' };
    const told = (earlierOutcome: string | null) =>
      talliesOf(entry('call_analyzed', { data: { outcome: 'converted' }, earlierOutcome }));
    expect(told(null)).toEqual([{ ...cell, figure: 'outcome:converted', count: 1 }]);
    expect(told('unsuccessful')).toEqual([
      { ...cell, figure: 'outcome:unsuccessful', count: -1 },
      { ...cell, figure: 'outcome:converted', count: 1 },
    ]);
  });
});

describe('what is told of a contact', () => {
  it('counts in the quarter in which it happened, with the channel and run that it has', () => {
    const at = fromIso('2027-03-01T19:15:00Z');
    expect(talliesOf(entry('message_received', { attempt: null, data: { channel: 'sms' } }))).toEqual([
      { at, runKey: '', channel: 'sms', figure: 'replies', count: 1 },
    ]);
    expect(talliesOf(entry('opted_out', { attempt: null, data: { channel: 7 } }))).toEqual([
      { at, runKey: '', channel: '', figure: 'opt_outs', count: 1 },
    ]);
    expect(talliesOf(entry('rule_fired'))).toEqual([
      { at, runKey: 'week', channel: 'voice', figure: 'rules_fired', count: 1 },
    ]);
  });

  it('and has no figure, counts nowhere', () => {
    expect(talliesOf(entry('operator_order'))).toEqual([]);
    expect(talliesOf(entry('call_started', { attempt: null }))).toEqual([]);
  });
});

describe('the funnel', () => {
  const stages = (kind: string, data = {}) => stagesOf(entry(kind, { data }));

  it('knows who was contacted, who answered or wrote, and what came of it', () => {
    expect(stages('call_started')).toEqual(['contacted']);
    expect(stages('message_sent')).toEqual(['contacted']);
    expect(stages('call_ended', { disposition: 'answered' })).toEqual(['answered', 'responded']);
    expect(stages('call_ended', { disposition: 'busy' })).toEqual([]);
    expect(stages('message_received')).toEqual(['replied', 'responded']);
    expect(stages('form_started')).toEqual(['form_started']);
    expect(stages('form_completed')).toEqual(['form_started', 'form_completed']);
    expect(stages('call_analyzed', { outcome: 'converted' })).toEqual(['converted']);
    expect(stages('call_analyzed', { outcome: 'successful' })).toEqual([]);
    expect(stages('opted_out')).toEqual(['opted_out']);
    expect(stages('rule_fired')).toEqual([]);
  });

  it('has no stage that nothing leads to', () => {
    const data = { disposition: 'answered', outcome: 'converted' };
    expect(new Set(KINDS.flatMap((kind) => stages(kind, data)))).toEqual(new Set(STAGES));
    expect(QUARTER % QUARTER_MS).toBe(0);
  });

  it('counts a first time where it happened', () => {
    const at = fromIso('2027-03-01T19:15:00Z');
    expect(firstTally(entry('call_started'), 'contacted')).toEqual({
      at,
      runKey: 'week',
      channel: 'voice',
      figure: 'first:contacted',
      count: 1,
    });
    expect(firstTally(entry('opted_out', { attempt: null }), 'opted_out')).toMatchObject({ runKey: '', channel: '' });
  });
});
