import type { Forecast } from '../domain/forecast';
import type { LinesNeeded } from '../domain/forecast-needs';
import type { ForecastSummary } from './forecast';
import type { Population } from './forecast-people';

export function summaryOf(
  { rejected, endedBefore }: Population,
  { results, tally, mostLines, areLinesShort }: Forecast,
  { free, every, available }: LinesNeeded & { readonly available: number },
): ForecastSummary {
  const count = (state: string) => results.filter(({ end }) => end.state === state).length;
  const reached = results.filter(({ isReached }) => isReached).length;
  const contacts = results.length + rejected.length;
  const isEverybodyThrough = results.length > 0 && count('through') === results.length;
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
    endsAt: isEverybodyThrough ? results.reduce((last, { end }) => Math.max(last, end.at), 0) : null,
    delayed: tally.delayed,
    longestWaitSeconds: Math.ceil(tally.longestWaitMs / 1000),
    lines: {
      needed: free === null ? mostLines : free.mostLines * every,
      isEstimated: every > 1,
      available,
      used: mostLines,
      areShort: areLinesShort,
    },
  };
}
