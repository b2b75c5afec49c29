import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { Forecast, type ForecastFrame } from '../domain/forecast';
import { Answers } from '../domain/forecast-assumptions';
import { linesNeeded } from '../domain/forecast-needs';
import { DAY_MS } from '../domain/instant';
import type { Sql } from './client';
import { failForecast, type ForecastRow, keepForecast, releaseForecast, takeForecast } from './forecast';
import { type Population, readPopulation, TooManyContacts } from './forecast-people';
import { clearResults, finishForecast, storeContacts, storeHours } from './forecast-results';
import { summaryOf } from './forecast-summary';

/** So long others of this process wait for their turn. */
const SLICE_MS = 10;
const STORED_AT_ONCE = 1_000;
/** In per cent: the people are there; they are forecast; it is known how many lines nobody would wait for. */
const READ = 5;
const LIVED = 70;
const FREE = 85;

/** One forecast on its way. What a process has of it dies with it; whoever takes it over begins anew. */
export class ForecastWork {
  private constructor(
    private readonly sql: Sql,
    private readonly row: ForecastRow,
    private readonly runner: string,
  ) {}

  /** Takes the next that waits, or the one that is named; null = there is none. */
  static async take(sql: Sql, id: string | null = null): Promise<ForecastWork | null> {
    const runner = randomUUID();
    const row = await takeForecast(sql, runner, id);
    return row === null ? null : new ForecastWork(sql, row, runner);
  }

  get id(): string {
    return this.row.id;
  }

  /** Does it, a little at a time. After each little, `goesOn` says whether to go on; if not, somebody else begins anew. */
  async run(goesOn: () => boolean): Promise<void> {
    const population = await this.population();
    if (population === null) return;
    await this.live(population, goesOn).catch(async (error: unknown) => {
      if (!(error instanceof Interrupted)) throw error;
      await releaseForecast(this.sql, this.row.id, this.runner);
    });
  }

  private async population(): Promise<Population | null> {
    try {
      return await readPopulation(this.sql, this.row);
    } catch (error) {
      if (!(error instanceof TooManyContacts)) throw error;
      await failForecast(this.sql, this.row.id, this.runner, error.message);
      return null;
    }
  }

  private async live(population: Population, goesOn: () => boolean): Promise<void> {
    const frame = this.frameOf(population);
    const forecast = new Forecast(population.people, frame);
    await this.advance(forecast, goesOn, { from: READ, to: LIVED });
    const needs = linesNeeded(forecast, population.people, frame);
    if (needs.free !== null) await this.advance(needs.free, goesOn, { from: LIVED, to: FREE });
    await this.store(population, forecast, goesOn);
    const summary = summaryOf(population, forecast, { ...needs, available: frame.limits.lines });
    await finishForecast(this.sql, this.row.id, this.runner, summary);
  }

  private async advance(
    forecast: Forecast,
    goesOn: () => boolean,
    progress: { readonly from: number; readonly to: number },
  ): Promise<void> {
    let saidMs = 0;
    for (let isDone = false; !isDone; ) {
      const startedMs = performance.now();
      isDone = forecast.advance(() => performance.now() - startedMs < SLICE_MS);
      if (performance.now() - saidMs > SAY_EVERY_MS) {
        saidMs = performance.now();
        await this.say(goesOn, progress.from + (progress.to - progress.from) * forecast.share);
      }
      await breathe();
    }
  }

  private async store({ rejected }: Population, { results, tally }: Forecast, goesOn: () => boolean): Promise<void> {
    const { sql } = this;
    const { id } = this.row;
    const contacts = [...results, ...rejected];
    await clearResults(sql, id);
    for (let at = 0; at < contacts.length; at += STORED_AT_ONCE) {
      await storeContacts(sql, id, at, contacts.slice(at, at + STORED_AT_ONCE));
      await this.say(goesOn, FREE + ((100 - FREE) * at) / contacts.length);
    }
    await storeHours(sql, id, tally.hours());
  }

  /** Nobody works on what was cancelled. */
  private async say(goesOn: () => boolean, progress: number): Promise<void> {
    if (!goesOn() || !(await keepForecast(this.sql, this.row.id, this.runner, progress))) throw new Interrupted();
  }

  private frameOf(population: Population): ForecastFrame {
    const { from, ground } = population;
    const { messagesPerSecond, spending, zone } = ground;
    return {
      from,
      until: from + this.row.days * DAY_MS,
      answers: new Answers(this.row.assumptions),
      limits: this.limitsOf(population),
      areLinesBounded: true,
      messagesPerSecond,
      spending,
      zone,
    };
  }

  private limitsOf({ ground, policy }: Population): ForecastFrame['limits'] {
    const { concurrencyLimit, callsPerMinute } = policy;
    const lines = this.row.lines ?? ground.lines;
    const { speed, callsPerSecond } = ground;
    const perMinute = Math.min(callsPerMinute ?? Infinity, (callsPerSecond ?? Infinity) * 60);
    return {
      lines: concurrencyLimit === 0 ? lines : Math.min(lines, concurrencyLimit),
      callsPerMinute: perMinute === Infinity || speed === 0 ? null : perMinute / speed,
    };
  }
}

const SAY_EVERY_MS = 1_000;

/** It was cancelled, or the process has something better to do. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** So few are forecast while the asker waits. */
const FEW = 200;
const WHILE_ASKED_MS = 10_000;

/** Forecasts at once what is small enough, and leaves the rest to the workers. */
export async function forecastIfSmall(
  sql: Sql,
  { id, campaignId }: Pick<ForecastRow, 'id' | 'campaignId'>,
): Promise<void> {
  const [row] = await sql<{ contacts: number }[]>`
    select count(*)::int as contacts from (
      select distinct k.contact_id from campaign c join list_member m on m.list_id = c.list_id join cases k on k.id = m.case_id
      where c.id = ${campaignId}
      union select contact_id from enrollment where campaign_id = ${campaignId}
      limit ${FEW + 1}) few`;
  if ((row?.contacts ?? 0) > FEW) return;
  const work = await ForecastWork.take(sql, id);
  const startedMs = performance.now();
  await work?.run(() => performance.now() - startedMs < WHILE_ASKED_MS);
}
