import type { LineLimits } from '../domain/forecast-lines';
import type { Instant } from '../domain/instant';
import type { Caps, CompanyRules, WeeklyHours } from '../domain/planner-input';
import type { Spending } from '../domain/spend';
import type { Db } from './client';
import { getLaw } from './law';

/** What all contacts of a campaign stand on: the company's rules, its lines, its money. */
export interface Ground {
  readonly now: Instant;
  /** Of the company. */
  readonly zone: string;
  readonly company: CompanyRules;
  /** In business time, as are calls; null = a clock that stands still waits for nobody. */
  readonly messagesPerSecond: number | null;
  /** Business time for each moment of real time. */
  readonly speed: number;
  /** The company's lines at its rate. */
  readonly lines: LineLimits['lines'];
  readonly spending: Spending;
}

/** As a claim has it: with a fast clock a request takes long in business time. */
const CLOSING_MARGIN_REAL_MS = 5_000;

interface Row {
  readonly now: Instant;
  readonly speed: number;
  readonly zone: string;
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
  readonly messagesPerSecond: number;
  readonly lines: number;
  readonly spending: Spending;
}

export async function readGround(db: Db, campaignId: string): Promise<Ground> {
  const [row] = await db<Row[]>`
    select ms(t.now) as now, coalesce((select speed from clock), 1) as speed, s.zone, s.revision,
      w.id as law_id, w.revision as law_revision, s.legal_hours, s.unknown_place_hours, s.caps, s.allowed_countries,
      s.closing_margin_seconds, s.opening_jitter_seconds, s.untagged_after_seconds, s.messages_per_second,
      greatest(1, floor(g.lines * g.rate_percent / 100.0))::int as lines,
      (select json_build_object('callMinute', r.call_minute_micros, 'segment', r.segment_micros, 'mail', r.mail_micros,
          'callMinutes', r.call_minutes, 'limits', (
            select coalesce(json_agg(json_build_object(
              'scope', case when l.campaign_id is null then 'company' else 'campaign' end,
              'perDay', l.per_day_micros, 'total', l.total_micros, 'spent', l.total_spent,
              'spentToday', case when l.on_day = d.today then l.day_spent else 0 end,
              'dayEndsAt', ms((d.today + 1)::timestamp at time zone s.zone))), '[]')
            from spend_limit l cross join (select (t.now at time zone s.zone)::date as today) d
            where l.campaign_id is null or l.campaign_id = c.id))
        from spend_rate r) as spending
    from (select app_now() as now) t
    cross join settings s
    cross join (select id, revision from law_revision order by revision desc limit 1) w
    join campaign c on c.id = ${campaignId}
    join line_group g on g.id = c.line_group_id`;
  if (row === undefined) throw new Error(`there is no campaign ${campaignId}`);
  const { now, zone, speed, revision, legalHours, unknownPlaceHours, caps, messagesPerSecond, lines, spending } = row;
  return {
    now,
    zone,
    speed,
    messagesPerSecond: speed === 0 ? null : messagesPerSecond / speed,
    lines,
    spending,
    company: {
      revision,
      law: await getLaw(db, { id: row.lawId, revision: row.lawRevision }),
      legalHours,
      unknownPlaceHours,
      caps,
      allowedCountries: row.allowedCountries,
      closingMarginMs: Math.max(row.closingMarginSeconds * 1000, speed === 1 ? 0 : CLOSING_MARGIN_REAL_MS * speed),
      openingJitterMs: row.openingJitterSeconds * 1000,
      untaggedAfterMs: row.untaggedAfterSeconds * 1000,
    },
  };
}
