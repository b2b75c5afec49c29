import type { DefaultHours } from '../domain/default-hours';
import type { Instant } from '../domain/instant';
import type { Caps, WeeklyHours } from '../domain/planner-input';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';

/** What the company decides for all campaigns. Lines and rate are those of the default line group. */
export interface Settings {
  readonly companyName: string;
  readonly address: string;
  readonly phone: string;
  /** Where a call goes on when the person asks for one of us; empty = nowhere, the team calls back. */
  readonly transferNumber: string;
  readonly zone: string;
  readonly legalHours: WeeklyHours;
  readonly unknownPlaceHours: WeeklyHours;
  /** What campaigns take a copy of (S1-54, K-3): a change of it moves nobody. */
  readonly defaultHours: DefaultHours;
  readonly caps: { readonly phone: Caps; readonly email: Caps };
  readonly callerNumbers: readonly string[];
  /** ISO codes of the countries whose numbers are called and texted (T25); US includes its territories. */
  readonly allowedCountries: readonly string[];
  readonly mailFrom: string;
  readonly closingMarginSeconds: number;
  readonly openingJitterSeconds: number;
  readonly messagesPerSecond: number;
  readonly untaggedAfterSeconds: number;
  readonly lines: number;
  readonly ratePercent: number;
  /** New calls of all campaigns that the provider takes; null = no limit but the lines. */
  readonly callsPerSecond: number | null;
  readonly revision: number;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

export type SettingsValues = Omit<Settings, 'revision' | 'updatedAt' | 'updatedBy'>;

/** Left-out and undefined fields stay; a `revision` that is no longer the current one refuses the change. */
export type SettingsChange = {
  readonly [field in keyof SettingsValues]?: SettingsValues[field] | undefined;
} & { readonly revision?: number | undefined };

/** A change of one of these can close or open an hour for anybody, so every live campaign is planned anew. */
const PLANNED_BY = [
  'legalHours',
  'unknownPlaceHours',
  'caps',
  'allowedCountries',
  'closingMarginSeconds',
  'openingJitterSeconds',
] as const;

export async function getSettings(db: Db): Promise<Settings> {
  const [row] = await db<Settings[]>`
    select s.company_name, s.company_address as address, s.company_phone as phone,
      s.transfer_number, s.zone, s.legal_hours,
      s.unknown_place_hours, s.default_hours, s.caps, s.caller_numbers, s.allowed_countries, s.mail_from, s.closing_margin_seconds,
      s.opening_jitter_seconds, s.messages_per_second, s.untagged_after_seconds,
      l.lines, l.rate_percent, l.calls_per_second, s.revision, ms(s.updated_at) as updated_at, s.updated_by
    from settings s
    join line_group l on l.name = 'default'`;
  if (row === undefined) throw new Error('the settings row is missing; were all migrations applied?');
  return row;
}

export async function allowedCountries(db: Db): Promise<readonly string[]> {
  const [row] = await db<{ allowedCountries: string[] }[]>`select allowed_countries from settings`;
  return row?.allowedCountries ?? [];
}

export async function changeSettings(sql: Sql, change: SettingsChange, actor: string): Promise<Settings> {
  return inTransaction(sql, async (tx) => {
    await tx`select from settings for update`;
    const before = await getSettings(tx);
    const { revision, ...given } = change;
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the settings stand at revision ${before.revision}, not ${revision}`);
    const fields = changedFields(before, given);
    if (fields.length === 0) return before;
    await store(tx, { ...before, ...defined(given) }, actor);
    if (PLANNED_BY.some((field) => fields.includes(field)))
      await tx`update campaign set epoch = epoch + 1 where status = 'active'`;
    await recordChange(tx, { entity: 'settings', entityId: 'settings', change: 'changed', data: { fields }, actor });
    return getSettings(tx);
  });
}

async function store(tx: Tx, values: SettingsValues, actor: string): Promise<void> {
  await tx`
    update settings set
      company_name = ${values.companyName},
      company_address = ${values.address},
      company_phone = ${values.phone},
      transfer_number = ${values.transferNumber},
      zone = ${values.zone},
      legal_hours = ${JSON.stringify(values.legalHours)}::text::jsonb,
      unknown_place_hours = ${JSON.stringify(values.unknownPlaceHours)}::text::jsonb,
      default_hours = ${JSON.stringify(values.defaultHours)}::text::jsonb,
      caps = ${JSON.stringify(values.caps)}::text::jsonb,
      caller_numbers = ${[...values.callerNumbers]},
      allowed_countries = ${[...values.allowedCountries]},
      mail_from = ${values.mailFrom},
      closing_margin_seconds = ${values.closingMarginSeconds},
      opening_jitter_seconds = ${values.openingJitterSeconds},
      messages_per_second = ${values.messagesPerSecond},
      untagged_after_seconds = ${values.untaggedAfterSeconds},
      revision = revision + 1,
      updated_at = app_now(),
      updated_by = ${actor}`;
  await tx`
    update line_group set lines = ${values.lines}, rate_percent = ${values.ratePercent},
      calls_per_second = ${values.callsPerSecond},
      -- Nobody waits by a pace that was slower before.
      calls_tat_rt = case when calls_per_second is distinct from ${values.callsPerSecond}::float8 then '-infinity' else calls_tat_rt end
    where name = 'default'`;
}

function changedFields(before: Settings, given: Omit<SettingsChange, 'revision'>): string[] {
  return Object.entries(defined(given))
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, field)))
    .map(([field]) => field);
}

function defined(given: Omit<SettingsChange, 'revision'>): Partial<SettingsValues> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
