import type { Channel } from './channel';
import type { ForecastTouch } from './forecast-person';
import { HOUR_MS, type Instant } from './instant';

export interface ForecastHour {
  /** Its beginning. */
  readonly at: Instant;
  voice: number;
  sms: number;
  email: number;
  cost: number;
  /** Most lines in use at once. */
  lines: number;
  /** Most contacts who waited for one. */
  waiting: number;
}

/** Counts by the hour, and in all. */
export class ForecastTally {
  readonly touches: Record<Channel, number> = { voice: 0, sms: 0, email: 0 };
  /** By what comes of them, for each channel: "voice.busy", "sms.stop". */
  readonly answers: Record<string, number> = {};
  cost = 0;
  firstTouchAt: Instant | null = null;
  lastTouchAt: Instant | null = null;
  /** Of a call for a line or its pace, of a message for its sender. */
  longestWaitMs = 0;
  /** Touches that had to wait at all. */
  delayed = 0;
  private readonly byHour = new Map<number, ForecastHour>();

  sent({ channel, at, dueAt, answer }: ForecastTouch, cost: number): void {
    const hour = this.hourOf(at);
    hour[channel] += 1;
    hour.cost += cost;
    this.cost += cost;
    this.touches[channel] += 1;
    const name = `${channel}.${answer}`;
    this.answers[name] = (this.answers[name] ?? 0) + 1;
    this.firstTouchAt ??= at;
    this.lastTouchAt = at;
    if (at === dueAt) return;
    this.delayed += 1;
    this.longestWaitMs = Math.max(this.longestWaitMs, at - dueAt);
  }

  lines(at: Instant, live: number): void {
    const hour = this.hourOf(at);
    hour.lines = Math.max(hour.lines, live);
  }

  waited(at: Instant, waiting: number): void {
    const hour = this.hourOf(at);
    hour.waiting = Math.max(hour.waiting, waiting);
  }

  /** In order; hours in which nothing happens are left out. */
  hours(): ForecastHour[] {
    return [...this.byHour.values()].sort((one, other) => one.at - other.at);
  }

  private hourOf(at: Instant): ForecastHour {
    const n = Math.floor(at / HOUR_MS);
    const hour = this.byHour.get(n) ?? { at: n * HOUR_MS, voice: 0, sms: 0, email: 0, cost: 0, lines: 0, waiting: 0 };
    this.byHour.set(n, hour);
    return hour;
  }
}
