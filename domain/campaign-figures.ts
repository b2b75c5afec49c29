import type { Channel } from './channel';
import type { Instant } from './instant';
import { type LocalDate, localDateOf, minuteOfDayOf, type Weekday, weekdayOf } from './local-time';
import { STAGES, type Stage } from './tally';

/** What the cells of a campaign's figures add up to for a screen. */

export interface FigureSum {
  readonly runKey: string;
  readonly channel: Channel | '';
  readonly figure: string;
  readonly count: number;
}

export interface ChannelFigures {
  readonly channel: Channel;
  readonly touches: number;
  readonly answered: number;
  readonly voicemail: number;
  readonly busy: number;
  readonly noAnswer: number;
  readonly failed: number;
  readonly canceled: number;
  readonly delivered: number;
  readonly replies: number;
  /** Of calls: answered of all that are over. Of messages: replies of all that were sent. Null = of none. */
  readonly answerRate: number | null;
}

export interface OutcomeFigures {
  readonly run: string;
  readonly channel: Channel;
  readonly outcome: string;
  readonly calls: number;
}

const CHANNELS: readonly Channel[] = ['voice', 'sms', 'email'];
const OUTCOME = 'outcome:';

export function channelFigures(sums: readonly FigureSum[]): ChannelFigures[] {
  return CHANNELS.map((channel) => {
    const of = (figure: string) => total(sums.filter((sum) => sum.channel === channel && sum.figure === figure));
    const figures = {
      channel,
      touches: of('touches'),
      answered: of('answered'),
      voicemail: of('voicemail'),
      busy: of('busy'),
      noAnswer: of('no_answer'),
      failed: of('failed'),
      canceled: of('canceled'),
      delivered: of('delivered'),
      replies: of('replies'),
    };
    return { ...figures, answerRate: answerRate(figures) };
  });
}

export function outcomeFigures(sums: readonly FigureSum[]): OutcomeFigures[] {
  return sums.flatMap(({ runKey, channel, figure, count }) =>
    figure.startsWith(OUTCOME) && channel !== '' && count > 0
      ? [{ run: runKey, channel, outcome: figure.slice(OUTCOME.length), calls: count }]
      : [],
  );
}

/** Contacts who came to each stage for the first time. */
export function funnelFigures(sums: readonly FigureSum[]): Readonly<Record<Stage, number>> {
  const of = (stage: Stage) => total(sums.filter(({ figure }) => figure === `first:${stage}`));
  // One entry for each stage, from the list that the type is made of.
  return Object.fromEntries(STAGES.map((stage) => [stage, of(stage)])) as Record<Stage, number>;
}

export function figure(sums: readonly FigureSum[], name: string): number {
  return total(sums.filter((sum) => sum.figure === name));
}

export function byRun(sums: readonly FigureSum[]): { readonly run: string; readonly sums: readonly FigureSum[] }[] {
  const runs = [...new Set(sums.flatMap(({ runKey }) => (runKey === '' ? [] : [runKey])))].sort();
  return runs.map((run) => ({ run, sums: sums.filter(({ runKey }) => runKey === run) }));
}

export interface QuarterSum {
  readonly at: Instant;
  readonly figure: string;
  readonly count: number;
}

export const TIME_GROUPS = ['day', 'hour', 'hour_of_week'] as const;
export type TimeGroup = (typeof TIME_GROUPS)[number];

export interface TimeFigures {
  /** Null where hours of all weeks are added up. */
  readonly on: LocalDate | null;
  readonly weekday: Weekday;
  /** 0 to 23 by the clock on the wall; null = the whole day. */
  readonly hour: number | null;
  readonly touches: number;
  readonly answered: number;
  readonly replies: number;
  readonly optOuts: number;
}

/** By days or hours as clocks in the zone show them; those in which nothing happened are left out. */
export function timeFigures(sums: readonly QuarterSum[], zone: string, group: TimeGroup): TimeFigures[] {
  const found = new Map<string, TimeFigures>();
  for (const { at, figure: name, count } of sums) {
    const date = localDateOf(zone, at);
    const weekday = weekdayOf(date);
    const on = group === 'hour_of_week' ? null : date;
    const hour = group === 'day' ? null : Math.floor(minuteOfDayOf(zone, at) / 60);
    const key = `${on ?? weekday} ${String(hour ?? 0).padStart(2, '0')}`;
    const before = found.get(key) ?? { on, weekday, hour, touches: 0, answered: 0, replies: 0, optOuts: 0 };
    found.set(key, raised(before, name, count));
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, figures]) => figures);
}

const RAISED: Readonly<Record<string, 'touches' | 'answered' | 'replies' | 'optOuts'>> = {
  touches: 'touches',
  answered: 'answered',
  replies: 'replies',
  opt_outs: 'optOuts',
};

/** The figures of the cells that a chart over time is made of. */
export const TIME_FIGURES: readonly string[] = Object.keys(RAISED);

function raised(figures: TimeFigures, name: string, count: number): TimeFigures {
  const field = RAISED[name];
  return field === undefined ? figures : { ...figures, [field]: figures[field] + count };
}

function answerRate({ channel, ...of }: Omit<ChannelFigures, 'answerRate'>): number | null {
  const over = of.answered + of.voicemail + of.busy + of.noAnswer + of.failed;
  return channel === 'voice' ? share(of.answered, over) : share(of.replies, of.touches);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function total(sums: readonly FigureSum[]): number {
  return sums.reduce((sum, { count }) => sum + count, 0);
}
