import type { Caps, CompanyRules, WeeklyHours } from '../domain/planner-input';
import type { Db } from './client';
import { getLaw } from './law';

/** The company's rules as the planner takes them, and its money: read in one way by whoever asks the planner. */

export interface CompanyRow {
  /** Business time for each moment of real time. */
  readonly speed: number;
  readonly revision: number;
  readonly lawId: string;
  readonly lawRevision: number;
  readonly legalHours: WeeklyHours;
  readonly unknownPlaceHours: WeeklyHours;
  readonly caps: { readonly phone: Caps; readonly email: Caps };
  readonly allowedCountries: readonly string[];
  readonly closingMarginSeconds: number;
  readonly openingJitterSeconds: number;
  readonly untaggedAfterSeconds: number;
}

/** With a fast clock a request takes long in business time: never less than this many real milliseconds before closing. */
const CLOSING_MARGIN_REAL_MS = 5_000;

/** Columns of a `CompanyRow` but for the speed, of the settings `s` and the newest `law_revision` `w`. */
export function companyColumns(db: Db) {
  return db`
    w.id as law_id, w.revision as law_revision, s.revision, s.legal_hours, s.unknown_place_hours, s.caps, s.allowed_countries,
    s.closing_margin_seconds, s.opening_jitter_seconds, s.untagged_after_seconds`;
}

export async function companyRules(db: Db, row: CompanyRow): Promise<CompanyRules> {
  const { revision, legalHours, unknownPlaceHours, caps, allowedCountries, speed } = row;
  return {
    revision,
    law: await getLaw(db, { id: row.lawId, revision: row.lawRevision }),
    legalHours,
    unknownPlaceHours,
    caps,
    allowedCountries,
    closingMarginMs: Math.max(row.closingMarginSeconds * 1000, speed === 1 ? 0 : CLOSING_MARGIN_REAL_MS * speed),
    openingJitterMs: row.openingJitterSeconds * 1000,
    untaggedAfterMs: row.untaggedAfterSeconds * 1000,
  };
}

/** What touches of the campaign `c` are taken to cost and what may still be spent, at `t.now` with the settings `s`: a `Spending`. */
export function spendingColumn(db: Db) {
  return db`
    (select json_build_object('callMinute', r.call_minute_micros, 'segment', r.segment_micros, 'mail', r.mail_micros,
        'callMinutes', r.call_minutes, 'limits', (
          select coalesce(json_agg(json_build_object(
            'scope', case when l.campaign_id is null then 'company' else 'campaign' end,
            'perDay', l.per_day_micros, 'total', l.total_micros, 'spent', l.total_spent,
            'spentToday', case when l.on_day = d.today then l.day_spent else 0 end,
            'dayEndsAt', ms((d.today + 1)::timestamp at time zone s.zone))), '[]')
          from spend_limit l cross join (select (t.now at time zone s.zone)::date as today) d
          where l.campaign_id is null or l.campaign_id = c.id))
      from spend_rate r)`;
}
