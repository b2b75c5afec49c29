import { type EffectiveVersion, stretchesInForce } from '../domain/effective';
import type { CalendarDay, LegalRule } from '../domain/law';
import { loosenedDayFields, loosenedRuleFields } from '../domain/legal-rule';
import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { type CalendarDayRow, calendarDayVersions, type LegalRuleRow, legalRuleVersions } from './law';
import { Refusal } from './refusal';

/** Rules of law and days of the calendar only ever get further versions; each change is a revision of the law. */

export type LegalRuleValues = Omit<LegalRule, 'id' | 'version' | 'effectiveFrom' | 'retired'> & Grounds;
export type CalendarDayValues = Omit<CalendarDay, 'id' | 'version' | 'effectiveFrom' | 'retired'> & Grounds;

/** What every version has to say of itself. */
interface Grounds {
  readonly source: string;
  readonly reviewedBy: string | null;
  /** Left out = today, by the company's calendar. */
  readonly effectiveFrom?: string | undefined;
  readonly effectiveTo?: string | null | undefined;
}

type ContentOf<V> = { readonly [field in keyof Omit<V, keyof Grounds>]?: V[field] | undefined };
/** Left-out and undefined fields are those of the version before; the last day is not, for it was said of that version. */
export type LawChange<V> = ContentOf<V> &
  Grounds & { readonly revision?: number | undefined; readonly retired?: boolean };

/** Names of things whose changes are alike. */
interface Kind<V extends Grounds, R> {
  readonly entity: 'legal_rule' | 'calendar_day';
  readonly noun: string;
  readonly versions: (tx: Tx, id: string) => Promise<R[]>;
  readonly insert: (tx: Tx, row: V & Version) => Promise<void>;
  readonly loosened: (before: R, after: V & { readonly retired: boolean }) => string[];
  /** Nothing of it may ever be loosened. */
  readonly isBound: (row: R) => boolean;
}

interface Version {
  readonly id: string;
  readonly version: number;
  readonly lawRevision: number;
  readonly effectiveFrom: string;
  readonly retired: boolean;
  readonly actor: string;
}

/** 47 CFR 64.1200(c)(1), as the migration has written it. */
const FEDERAL_RULE = '00000000-0000-4000-8000-000000000001';
/** Key space among the advisory locks: one change of the law at a time. */
const LAW_LOCK = 2;

export const LEGAL_RULES: Kind<LegalRuleValues, LegalRuleRow> = {
  entity: 'legal_rule',
  noun: 'rule of law',
  versions: legalRuleVersions,
  insert: insertRule,
  loosened: loosenedRuleFields,
  isBound: ({ id }) => id === FEDERAL_RULE,
};

export const CALENDAR_DAYS: Kind<CalendarDayValues, CalendarDayRow> = {
  entity: 'calendar_day',
  noun: 'day of the calendar',
  versions: calendarDayVersions,
  insert: insertDay,
  loosened: loosenedDayFields,
  isBound: () => false,
};

/** A further rule or day only ever narrows what is allowed, so nobody has to have reviewed it. */
export async function addToLaw<V extends Grounds, R extends EffectiveVersion>(
  sql: Sql,
  kind: Kind<V, R>,
  id: string,
  values: V,
  actor: string,
): Promise<R[]> {
  return inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${LAW_LOCK}, 0)`;
    const before = await kind.versions(tx, id);
    if (before.length > 0) return before;
    const effectiveFrom = values.effectiveFrom ?? (await today(tx));
    await store(tx, kind, { ...values, id, version: 1, effectiveFrom, retired: false }, actor);
    return kind.versions(tx, id);
  });
}

/** The next version, which counts from its first day on. What it allows beyond those it replaces, somebody has to answer for. */
export async function changeLaw<V extends Grounds, R extends V & EffectiveVersion>(
  sql: Sql,
  kind: Kind<V, R>,
  id: string,
  { revision, ...change }: LawChange<V>,
  actor: string,
): Promise<R[]> {
  return inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${LAW_LOCK}, 0)`;
    const versions = await kind.versions(tx, id);
    const before = versions.at(-1);
    if (before === undefined) throw new Refusal('not_found', `there is no ${kind.noun} ${id}`);
    if (revision !== undefined && revision !== before.version)
      throw new Refusal('revision_conflict', `the ${kind.noun} stands at revision ${before.version}, not ${revision}`);
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const effectiveFrom = await today(tx);
    const after = { ...before, effectiveFrom, effectiveTo: null, retired: false, reviewedBy: null, ...given };
    refuseLoosening(kind, versions, after);
    await store(tx, kind, { ...after, id, version: before.version + 1 }, actor);
    return kind.versions(tx, id);
  });
}

/** Compared with every version that counts on one of its days, for a wider one that is still to come allows nothing yet. */
function refuseLoosening<V extends Grounds, R extends V & EffectiveVersion>(
  kind: Kind<V, R>,
  versions: readonly R[],
  after: V & Pick<EffectiveVersion, 'effectiveFrom' | 'retired'>,
): void {
  const replaced = stretchesInForce(versions).filter(({ to }) => to === null || to >= after.effectiveFrom);
  for (const { version: before } of replaced) {
    const fields = kind.loosened(before, after);
    if (fields.length === 0) continue;
    if (kind.isBound(before)) {
      const detail = 'the federal rule can be narrowed, never widened, ended or retired';
      const problems = fields.map((field) => ({ pointer: `#/${field}`, detail, value: Reflect.get(after, field) }));
      throw new Refusal('law_refused', detail, problems);
    }
    if (after.reviewedBy !== null) continue;
    const detail = `must name who has reviewed it, for it allows more than version ${before.version} (${fields.join(', ')})`;
    throw new Refusal('law_refused', detail, [{ pointer: '#/reviewedBy', detail, value: null }]);
  }
}

async function today(tx: Tx): Promise<string> {
  const [row] = await tx<{ day: string }[]>`select company_day(app_now()) as day`;
  if (row === undefined) throw new Error('the settings row is missing; were all migrations applied?');
  return row.day;
}

async function store<V extends Grounds, R>(
  tx: Tx,
  kind: Kind<V, R>,
  row: V & Pick<Version, 'id' | 'version' | 'effectiveFrom' | 'retired'>,
  actor: string,
): Promise<void> {
  const { id, version, effectiveFrom, effectiveTo = null, retired } = row;
  if (effectiveTo !== null && effectiveTo < effectiveFrom) {
    const detail = `must not be before its first day, ${effectiveFrom}`;
    throw new Refusal('law_refused', detail, [{ pointer: '#/effectiveTo', detail, value: effectiveTo }]);
  }
  const [next] = await tx<{ revision: number }[]>`
    insert into law_revision (revision, actor) select max(revision) + 1, ${actor} from law_revision returning revision`;
  if (next === undefined) throw new Error('the revision of the law was not stored');
  await kind.insert(tx, { ...row, lawRevision: next.revision, actor });
  // Everybody looks again, page by page: an hour may have opened.
  await tx`update campaign set epoch = epoch + 1 where status = 'active'`;
  const change = retired ? 'retired' : version === 1 ? 'added' : 'changed';
  const data = { version, lawRevision: next.revision, effectiveFrom };
  await recordChange(tx, { entity: kind.entity, entityId: id, change, data, actor });
}

async function insertRule(tx: Tx, row: LegalRuleValues & Version): Promise<void> {
  await tx`
    insert into legal_rule (id, version, revision, country, state, channels, hours, holidays, per_day, effective_from,
      effective_to, retired, source, reviewed_by, actor)
    values (${row.id}, ${row.version}, ${row.lawRevision}, ${row.country}, ${row.state}, ${[...row.channels]},
      ${JSON.stringify(row.hours)}::text::jsonb, ${row.holidays}, ${row.perDay}, ${row.effectiveFrom}, ${row.effectiveTo},
      ${row.retired}, ${row.source}, ${row.reviewedBy}, ${row.actor})`;
}

async function insertDay(tx: Tx, row: CalendarDayValues & Version): Promise<void> {
  await tx`
    insert into calendar_day (id, version, revision, name, rule, observed, binds, state, effective_from, effective_to,
      retired, source, reviewed_by, actor)
    values (${row.id}, ${row.version}, ${row.lawRevision}, ${row.name}, ${JSON.stringify(row.rule)}::text::jsonb,
      ${row.observed}, ${row.binds}, ${row.state}, ${row.effectiveFrom}, ${row.effectiveTo}, ${row.retired}, ${row.source},
      ${row.reviewedBy}, ${row.actor})`;
}
