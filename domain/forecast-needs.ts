import { Forecast, type ForecastFrame } from './forecast';
import type { Person } from './forecast-person';

/** How many lines nobody would have to wait for. */
export interface LinesNeeded {
  /** The same people with as many lines as they want; null = nobody had to wait as it was. */
  readonly free: Forecast | null;
  /** One out of so many was drawn. */
  readonly every: number;
}

/** Of more than these, a part is drawn evenly: the most calls at once are about as many times as many. */
const MOST_PEOPLE = 10_000;

/** What is still to be lived to know it. */
export function linesNeeded(lived: Forecast, people: readonly Person[], frame: ForecastFrame): LinesNeeded {
  if (!lived.areLinesShort) return { free: null, every: 1 };
  const every = Math.ceil(people.length / MOST_PEOPLE);
  const drawn = people.filter((_, at) => at % every === 0);
  const { messagesPerSecond } = frame;
  const pace = messagesPerSecond === null ? null : messagesPerSecond / every;
  return { free: new Forecast(drawn, { ...frame, areLinesBounded: false, messagesPerSecond: pace }), every };
}
