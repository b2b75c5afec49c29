import type { Forecast } from '../domain/forecast';
import type { ForecastSummary } from './forecast';
import type { Population } from './forecast-people';

export interface Lived {
  /** With as many lines as anybody wants. */
  readonly free: Forecast;
  /** With those that there are; the same one where nobody has to wait. */
  readonly bounded: Forecast;
  readonly lines: number;
}

export function summaryOf(
  { rejected, endedBefore }: Population,
  { free, bounded, lines }: Lived,
): ForecastSummary {
  const { results, tally } = bounded;
  const count = (state: string) => results.filter(({ end }) => end.state === state).length;
  const reached = results.filter(({ isReached }) => isReached).length;
  const contacts = results.length + rejected.length;
  const isEverybodyThrough = count('through') === results.length;
  return {
    contacts,
    reached,
    unreached: contacts - reached,
    held: count('held'),
    beyond: count('beyond'),
    rejected: rejected.length,
    endedBefore,
    touches: tally.touches,
    answers: tally.answers,
    costMicros: tally.cost,
    firstTouchAt: tally.firstTouchAt,
    lastTouchAt: tally.lastTouchAt,
    endsAt: isEverybodyThrough && results.length > 0 ? results.reduce((last, { end }) => Math.max(last, end.at), 0) : null,
    delayed: tally.delayed,
    longestWaitSeconds: Math.ceil(tally.longestWaitMs / 1000),
    lines: { needed: free.mostLines, available: lines, used: bounded.mostLines, areShort: free.areLinesShort },
  };
}
