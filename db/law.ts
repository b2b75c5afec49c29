import type { CalendarDay, Law, LegalRule } from '../domain/law';
import type { Db } from './client';

/** Where a version of a rule or a day comes from. */
export interface Origin {
  readonly source: string;
  readonly reviewedBy: string | null;
  /** The revision of the law that it came with. */
  readonly revision: number;
  readonly createdAt: number;
  readonly actor: string;
}

export type LegalRuleRow = LegalRule & Origin;
export type CalendarDayRow = CalendarDay & Origin;

const MOST_CACHED = 20;
const cache = new Map<string, Law>();

/** Revisions are immutable, so each process reads one once. */
export async function getLaw(db: Db, { id, revision }: { id: string; revision: number }): Promise<Law> {
  const known = cache.get(id);
  if (known !== undefined) return known;
  const law = {
    revision,
    rules: await db<LegalRule[]>`
      select ${ruleColumns(db)} from legal_rule where revision <= ${revision} order by id, version`,
    days: await db<CalendarDay[]>`
      select ${dayColumns(db)} from calendar_day where revision <= ${revision} order by id, version`,
  };
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(id, law);
  return law;
}

export interface LawPage {
  readonly after: string | null;
  readonly limit: number;
}

/** Every version of the rules of one page, oldest first. */
export async function listLegalRules(db: Db, state: string | null, page: LawPage): Promise<LegalRuleRow[]> {
  return db<LegalRuleRow[]>`
    select ${ruleColumns(db)}, ${originColumns(db)}
    from legal_rule
    where id in (
      select distinct id from legal_rule
      where (${state}::text is null or state = ${state}) and (${page.after}::uuid is null or id > ${page.after})
      order by id limit ${page.limit})
    order by id, version`;
}

export async function legalRuleVersions(db: Db, id: string): Promise<LegalRuleRow[]> {
  return db<LegalRuleRow[]>`
    select ${ruleColumns(db)}, ${originColumns(db)} from legal_rule where id = ${id} order by version`;
}

export async function listCalendarDays(db: Db, page: LawPage): Promise<CalendarDayRow[]> {
  return db<CalendarDayRow[]>`
    select ${dayColumns(db)}, ${originColumns(db)}
    from calendar_day
    where id in (
      select distinct id from calendar_day where ${page.after}::uuid is null or id > ${page.after}
      order by id limit ${page.limit})
    order by id, version`;
}

export async function calendarDayVersions(db: Db, id: string): Promise<CalendarDayRow[]> {
  return db<CalendarDayRow[]>`
    select ${dayColumns(db)}, ${originColumns(db)} from calendar_day where id = ${id} order by version`;
}

function ruleColumns(db: Db) {
  return db`id, version, country, state, channels, hours, holidays, per_day, effective_from, effective_to, retired`;
}

function dayColumns(db: Db) {
  return db`id, version, name, rule, observed, binds, state, effective_from, effective_to, retired`;
}

function originColumns(db: Db) {
  return db`source, reviewed_by, revision, ms(created_at) as created_at, actor`;
}
