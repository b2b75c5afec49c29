import {
  byRun,
  channelFigures,
  figure,
  type FigureSum,
  funnelFigures,
  outcomeFigures,
  TIME_FIGURES,
  TIME_GROUPS,
  timeFigures,
} from './campaign-figures';
import type { Channel } from './channel';
import { fromIso } from './instant';

const sum = (figureName: string, count: number, channel: Channel | '' = 'voice', runKey = 'week'): FigureSum => ({
  runKey,
  channel,
  figure: figureName,
  count,
});

describe('figures of a channel', () => {
  it('give the share of ended calls that were answered, and of messages that were replied to', () => {
    const sums = [
      ...[
        sum('touches', 12),
        sum('answered', 3),
        sum('voicemail', 2),
        sum('busy', 1),
        sum('no_answer', 3),
        sum('failed', 1),
      ],
      ...[sum('canceled', 2), sum('touches', 3, 'sms'), sum('replies', 1, 'sms', ''), sum('delivered', 2, 'sms')],
    ];
    const [voice, sms, email] = channelFigures(sums);
    expect(voice).toMatchObject({ touches: 12, answered: 3, noAnswer: 3, canceled: 2, answerRate: 0.3 });
    expect(sms).toMatchObject({ touches: 3, delivered: 2, replies: 1, answerRate: 0.3333 });
    expect(email).toMatchObject({ touches: 0, answerRate: null });
  });

  it('add up over runs, and are told apart by run', () => {
    const sums = [sum('touches', 1), sum('touches', 2, 'voice', 'again'), sum('opt_outs', 4, '', '')];
    expect(channelFigures(sums)[0]?.touches).toBe(3);
    expect(byRun(sums).map(({ run, sums: own }) => [run, own.length])).toEqual([
      ['again', 1],
      ['week', 1],
    ]);
    expect(figure(sums, 'opt_outs')).toBe(4);
  });
});

it('outcomes are listed by run and channel; one that was taken back is none', () => {
  expect(
    outcomeFigures([
      sum('outcome:converted', 2),
      sum('outcome:unsuccessful', 0),
      sum('touches', 9),
      sum('outcome:x', 1, ''),
    ]),
  ).toEqual([{ run: 'week', channel: 'voice', outcome: 'converted', calls: 2 }]);
});

it('the funnel has every stage, whoever came to it', () => {
  expect(
    funnelFigures([sum('first:contacted', 5), sum('first:contacted', 2, 'sms'), sum('first:converted', 1)]),
  ).toEqual({
    contacted: 7,
    answered: 0,
    replied: 0,
    responded: 0,
    form_started: 0,
    form_completed: 0,
    converted: 1,
    opted_out: 0,
  });
});

describe('figures over time', () => {
  const at = (iso: string, figureName: string, count = 1) => ({ at: fromIso(iso), figure: figureName, count });
  const sums = [
    at('2027-03-02T03:45:00Z', 'touches', 2),
    at('2027-03-02T03:45:00Z', 'answered'),
    at('2027-03-02T04:15:00Z', 'replies'),
    at('2027-03-09T03:30:00Z', 'opt_outs'),
    at('2027-03-09T03:30:00Z', 'something else'),
  ];

  it('are of the days and hours that clocks in the zone show', () => {
    expect(timeFigures(sums, 'America/New_York', 'day')).toEqual([
      { on: '2027-03-01', weekday: 1, hour: null, touches: 2, answered: 1, replies: 1, optOuts: 0 },
      { on: '2027-03-08', weekday: 1, hour: null, touches: 0, answered: 0, replies: 0, optOuts: 1 },
    ]);
    expect(timeFigures([...sums].reverse(), 'Asia/Kolkata', 'hour').map(({ on, hour }) => [on, hour])).toEqual([
      ['2027-03-02', 9],
      ['2027-03-09', 9],
    ]);
  });

  it('lose nothing, whatever they are grouped by', () => {
    for (const group of TIME_GROUPS)
      expect(timeFigures(sums, 'UTC', group).reduce((all, { touches }) => all + touches, 0)).toBe(2);
    expect(TIME_FIGURES).toEqual(['touches', 'answered', 'replies', 'opt_outs']);
  });

  it('add up the same hour of all weeks', () => {
    expect(timeFigures(sums, 'America/New_York', 'hour_of_week')).toEqual([
      { on: null, weekday: 1, hour: 22, touches: 2, answered: 1, replies: 0, optOuts: 1 },
      { on: null, weekday: 1, hour: 23, touches: 0, answered: 0, replies: 1, optOuts: 0 },
    ]);
  });
});
