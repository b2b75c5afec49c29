import type { Channel } from '../domain/channel';
import type { ContactForecast } from '../domain/forecast';
import type { ForecastHour } from '../domain/forecast-tally';
import type { Instant } from '../domain/instant';
import type { Db, Sql } from './client';
import type { ContactName } from './enrollment-views';
import { type ForecastRow, type ForecastSummary, getForecast } from './forecast';
import { Refusal } from './refusal';

/** What a forecast found, kept in rows: one for each contact and one for each hour. */

export interface StoredContact extends Pick<ContactForecast, 'contactId' | 'touches' | 'isReached'> {
  readonly end: { readonly state: string; readonly reason: string; readonly sentence: string; readonly at: Instant };
}

export async function clearResults(sql: Sql, forecastId: string): Promise<void> {
  await sql`delete from forecast_contact where forecast_id = ${forecastId}`;
  await sql`delete from forecast_hour where forecast_id = ${forecastId}`;
}

/** Contacts who were deleted meanwhile are left out. */
export async function storeContacts(
  sql: Sql,
  forecastId: string,
  firstPosition: number,
  contacts: readonly StoredContact[],
): Promise<void> {
  const rows = contacts.map(({ contactId, touches, isReached, end }, ix) => ({
    p: firstPosition + ix,
    c: contactId,
    s: end.state,
    r: end.reason,
    t: end.sentence,
    i: isReached,
    e: end.at,
    l: touches.map(({ key, channel, at, dueAt, answer }) => [key, channel, at, dueAt, answer]),
  }));
  await sql`
    insert into forecast_contact (forecast_id, position, contact_id, state, reason, sentence, is_reached, ended_at, touches)
    select ${forecastId}, p, c, s, r, t, i, at_ms(e), l
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as x (p integer, c uuid, s text, r text, t text, i boolean, e float8, l jsonb)
    where exists (select from contact where id = c)`;
}

export async function storeHours(sql: Sql, forecastId: string, hours: readonly ForecastHour[]): Promise<void> {
  await sql`
    insert into forecast_hour (forecast_id, at, voice, sms, email, cost_micros, lines, waiting)
    select ${forecastId}, at_ms(at), voice, sms, email, cost, lines, waiting
    from jsonb_to_recordset(${JSON.stringify(hours)}::text::jsonb)
      as x (at float8, voice integer, sms integer, email integer, cost bigint, lines integer, waiting integer)`;
}

/** False = it was cancelled at the last moment, or somebody else is at it. */
export async function finishForecast(sql: Sql, id: string, runner: string, summary: ForecastSummary): Promise<boolean> {
  const rows = await sql`
    update forecast set state = 'done', progress = 100, summary = ${JSON.stringify(summary)}::text::jsonb,
      finished_at = app_now(), runner = null
    where id = ${id} and runner = ${runner} and state = 'running' returning 1`;
  return rows.length > 0;
}

export interface ForecastContactRow {
  readonly position: number;
  readonly contact: ContactName;
  readonly state: 'through' | 'held' | 'beyond' | 'rejected';
  readonly reason: string;
  readonly sentence: string;
  readonly isReached: boolean;
  readonly endedAt: Instant;
  readonly touches: readonly (readonly [key: string, channel: Channel, at: Instant, dueAt: Instant, answer: string])[];
}

export interface ForecastContactPage {
  readonly forecastId: string;
  readonly isReached?: boolean | undefined;
  readonly state?: ForecastContactRow['state'] | undefined;
  readonly contactId?: string | undefined;
  readonly after: number | null;
  readonly limit: number;
}

export async function listForecastContacts(db: Db, page: ForecastContactPage): Promise<ForecastContactRow[]> {
  const { forecastId, isReached = null, state = null, contactId = null, after, limit } = page;
  await requireDone(db, forecastId);
  return db<ForecastContactRow[]>`
    select r.position, r.state, r.reason, r.sentence, r.is_reached, ms(r.ended_at) as ended_at, r.touches,
      json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) as contact
    from forecast_contact r join contact p on p.id = r.contact_id
    where r.forecast_id = ${forecastId}
      and (${isReached}::boolean is null or r.is_reached = ${isReached})
      and (${state}::text is null or r.state = ${state})
      and (${contactId}::uuid is null or r.contact_id = ${contactId})
      and (${after}::int is null or r.position > ${after})
    order by r.position limit ${limit}`;
}

export interface ForecastHourRow {
  readonly at: Instant;
  readonly voice: number;
  readonly sms: number;
  readonly email: number;
  readonly costMicros: number;
  readonly lines: number;
  readonly waiting: number;
}

export async function listForecastHours(
  db: Db,
  { forecastId, after, limit }: { forecastId: string; after: number | null; limit: number },
): Promise<ForecastHourRow[]> {
  await requireDone(db, forecastId);
  return db<ForecastHourRow[]>`
    select ms(at) as at, voice, sms, email, cost_micros, lines, waiting
    from forecast_hour
    where forecast_id = ${forecastId} and (${after}::float8 is null or at > at_ms(${after}))
    order by forecast_hour.at limit ${limit}`;
}

async function requireDone(db: Db, id: string): Promise<ForecastRow> {
  const forecast = await getForecast(db, id);
  if (forecast.state !== 'done')
    throw new Refusal('wrong_status', `the forecast is ${forecast.state}; only one that is done has results`);
  return forecast;
}
