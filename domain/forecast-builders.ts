import type * as z from 'zod';
import { type ContactForecast, Forecast, type ForecastFrame } from './forecast';
import { Answers, AssumptionsSchema } from './forecast-assumptions';
import type { Person } from './forecast-person';
import { DAY_MS } from './instant';
import { aPlannerInput, MONDAY_10, NO_SPENDING, type PlannerInputChanges } from './planner-builders';

/** Test support: forecasts of few people, valid by default. A test says only what it is about. */

type AssumptionsInput = z.input<typeof AssumptionsSchema>;

/** Calls take no time, nobody replies, nobody picks up. */
export const NOBODY: AssumptionsInput = {
  calls: { answered: 0, voicemail: 0, busy: 0, failed: 0 },
  replies: { stop: 0, afterMinutes: 0 },
  seconds: { pickUp: 0, talk: 0, voicemail: 0, noAnswer: 0 },
};

export function contactId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** As a script answers calls, texts and mails. */
export function scripted(
  n: number,
  script: Omit<NonNullable<AssumptionsInput['scripts']>[number], 'contactId'>,
): AssumptionsInput {
  return { ...NOBODY, scripts: [{ contactId: contactId(n), ...script }] };
}

export function aPerson(n: number, changes: PlannerInputChanges = {}): Person {
  const { now: _, spending: __, line: ___, ...input } = aPlannerInput(changes);
  const { enrollment, contact, attempts, personAttempts, commitments, unreadReplies, ...setting } = input;
  return {
    contactId: contactId(n),
    setting,
    // The same for all, so that jitter is no surprise.
    enrollment: { ...enrollment, enrolledAt: changes.enrollment?.enrolledAt ?? MONDAY_10 },
    contact,
    attempts,
    personAttempts,
    commitments,
    unreadReplies,
  };
}

export function people(count: number, changes: PlannerInputChanges = {}): Person[] {
  return Array.from({ length: count }, (_, n) => aPerson(n, changes));
}

export interface ForecastChanges extends Partial<Omit<ForecastFrame, 'answers' | 'until'>> {
  readonly days?: number;
  readonly assumptions?: AssumptionsInput;
}

/** From Monday at ten in Chicago, for thirty days, with more lines than anybody wants. */
export function frameOf({ days = 30, assumptions = NOBODY, ...frame }: ForecastChanges = {}): ForecastFrame {
  const from = frame.from ?? MONDAY_10;
  return {
    from,
    until: from + days * DAY_MS,
    answers: new Answers(AssumptionsSchema.parse(assumptions)),
    limits: { lines: 1_000, callsPerMinute: null },
    areLinesBounded: true,
    messagesPerSecond: null,
    spending: NO_SPENDING,
    zone: 'America/Chicago',
    ...frame,
  };
}

export function aForecast(all: readonly Person[], changes: ForecastChanges = {}): Forecast {
  return new Forecast(all, frameOf(changes));
}

/** Lived to its end. */
export function lived(forecast: Forecast): Forecast {
  forecast.advance(() => true);
  return forecast;
}

/** What one person lives through. */
export function foreseen(person: Person, changes: ForecastChanges = {}): ContactForecast {
  const [result] = lived(aForecast([person], changes)).results;
  if (result === undefined) throw new Error('a forecast has a result for each');
  return result;
}
