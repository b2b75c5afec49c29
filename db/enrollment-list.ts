import type { Decision } from '../domain/decision';
import type { Instant } from '../domain/instant';
import type { Db } from './client';
import { type ContactStatus, type EnrollmentState, type EnrollmentSummary, summaryColumns } from './enrollment-views';
import { allOf, type Fragment } from './fragment';
import { fewNamed, nameHas } from './name-search';

/** The contacts of one campaign, of which there may be a million: each page is read off an index, filter by filter. */

export interface EnrollmentFilter {
  readonly campaignId: string;
  readonly state?: EnrollmentState | undefined;
  readonly status?: ContactStatus | undefined;
  readonly reason?: string | undefined;
  /** Due before this instant, which only open ones are. */
  readonly dueBefore?: Instant | undefined;
  /** Part of the contact's name, or an external id of theirs. */
  readonly query?: string | undefined;
}

export interface EnrollmentPage extends EnrollmentFilter {
  /** In the order of enrollment, or who is due first; whoever is never due comes last, in the order of enrollment. */
  readonly sort: 'enrolled' | 'due';
  readonly after: { readonly position: number; readonly id: string } | null;
  readonly limit: number;
}

export interface ListedEnrollment extends EnrollmentSummary {
  /** Where the row stands in the order that was asked for. */
  readonly position: number;
  /** What its last step decided; null = it took none yet. */
  readonly lastDecision: Decision | null;
}

/** Beyond every instant that a row can be due at, in microseconds; what is added to it is the order of enrollment. */
const NEVER = 9_000_000_000_000_000;

export async function listEnrollments(db: Db, page: EnrollmentPage): Promise<ListedEnrollment[]> {
  if (page.sort === 'enrolled') return readPage(db, page, await byEnrollment(db, page));
  const due = await readPage(db, page, await byDue(db, page));
  if (due.length === page.limit) return due;
  const rest = { ...page, limit: page.limit - due.length };
  return [...due, ...(await readPage(db, rest, await neverDue(db, rest)))];
}

async function readPage(db: Db, { limit }: EnrollmentPage, branches: readonly Fragment[]): Promise<ListedEnrollment[]> {
  if (branches.length === 0) return [];
  return db<ListedEnrollment[]>`
    with page as materialized (
      select id, position from (${unionAll(db, branches)}) found order by position, id limit ${limit}
    )
    select ${summaryColumns(db)}, page.position, e.decision as last_decision
    from page
    join enrollment e on e.id = page.id
    join contact p on p.id = e.contact_id
    order by page.position, page.id`;
}

/** How many there are, all of them looked at: for somebody who is about to order something for them all. */
export async function countEnrollments(db: Db, filter: EnrollmentFilter): Promise<number> {
  const [chosen] = await matching(db, filter);
  const [row] = await db<{ count: number }[]>`select count(*)::int as count from (${chosen}) found`;
  return row?.count ?? 0;
}

/** Id and number of every row of the filter. */
export async function matching(db: Db, filter: EnrollmentFilter): Promise<readonly [Fragment]> {
  const { conditions } = await conditionsOf(db, filter);
  return [db`select e.id, e.seq from enrollment e where ${allOf(db, [...conditions, stateIn(db, statesOf(filter))])}`];
}

/** One branch for each state: together they are what the index of campaign, state and number holds in order; a reason has an index of its own. */
async function byEnrollment(db: Db, page: EnrollmentPage): Promise<Fragment[]> {
  const { conditions, isNarrow } = await conditionsOf(db, page);
  const passed = page.after?.position ?? -1;
  const branch = (states: readonly EnrollmentState[]): Fragment => db`
    (select e.id, e.seq as position from enrollment e
    where ${allOf(db, [...conditions, stateIn(db, states), db`e.seq > ${passed}::bigint`])}
    order by e.seq limit ${page.limit})`;
  const states = statesOf(page);
  return isNarrow || page.reason !== undefined ? [branch(states)] : states.map((state) => branch([state]));
}

/** Those who are due, off the index of all who are. */
async function byDue(db: Db, page: EnrollmentPage): Promise<Fragment[]> {
  const { after } = page;
  if (isPastDue(page) || !statesOf(page).includes('open')) return [];
  const { conditions } = await conditionsOf(db, page);
  const passed =
    after === null
      ? []
      : [
          db`(e.due_at, e.id) > ('epoch'::timestamptz + ${after.position} * interval '1 microsecond', ${after.id}::uuid)`,
        ];
  const due: Fragment = db`
    (select e.id, (extract(epoch from e.due_at) * 1000000)::bigint as position from enrollment e
    where ${allOf(db, [...conditions, ...passed, db`e.state = 'open'`, db`e.due_at is not null`])}
    order by e.due_at, e.id limit ${page.limit})`;
  return [due];
}

function isPastDue({ after }: EnrollmentPage): boolean {
  return after !== null && after.position >= NEVER;
}

/** Whoever is not due, behind all who are. */
async function neverDue(db: Db, page: EnrollmentPage): Promise<Fragment[]> {
  if (page.dueBefore !== undefined) return [];
  const { conditions } = await conditionsOf(db, page);
  const passed = page.after !== null && isPastDue(page) ? page.after.position - NEVER : -1;
  return statesOf(page).map((state) => {
    const isOpen = state === 'open' ? [db`e.due_at is null`] : [];
    return db`
      (select e.id, e.seq + ${NEVER}::bigint as position from enrollment e
      where ${allOf(db, [...conditions, ...isOpen, stateIn(db, [state]), db`e.seq > ${passed}::bigint`])}
      order by e.seq limit ${page.limit})`;
  });
}

interface Conditions {
  readonly conditions: readonly Fragment[];
  /** So few can match that they are looked up one by one. */
  readonly isNarrow: boolean;
}

async function conditionsOf(db: Db, filter: EnrollmentFilter): Promise<Conditions> {
  const { campaignId, status, reason, dueBefore, query } = filter;
  const conditions = [
    db`e.campaign_id = ${campaignId}`,
    ...(status === 'completed_all_calls' ? [db`(e.calls_over or e.calls_stopped_at is not null)`] : []),
    ...(status === 'active' ? [db`not (e.calls_over or e.calls_stopped_at is not null)`] : []),
    ...(reason === undefined ? [] : [db`e.reason = ${reason}`]),
    ...(dueBefore === undefined ? [] : [db`e.due_at < at_ms(${dueBefore})`]),
  ];
  if (query === undefined) return { conditions, isNarrow: false };
  const few = await fewNamed(db, query);
  const isMeant = db`exists (
    select from contact p
    where p.id = e.contact_id and (${nameHas(db, query)}
      or p.external_id = ${query}
      or exists (select from cases k where k.id = any (e.cases) and k.external_id = ${query})))`;
  const isNarrow = few.length > 0;
  return { conditions: [...conditions, ...few.map((ids) => db`e.contact_id = any (${ids})`), isMeant], isNarrow };
}

const STATES: readonly EnrollmentState[] = ['open', 'ended', 'rejected'];

/** Which of them the other filters leave: each status is one of them, only what has ended has a reason, only what is open is due. */
function statesOf({ state, status, reason, dueBefore }: EnrollmentFilter): EnrollmentState[] {
  return STATES.filter(
    (each) =>
      (state === undefined || each === state) &&
      (status === undefined || each === STATE_OF[status]) &&
      (reason === undefined || each !== 'open') &&
      (dueBefore === undefined || each === 'open'),
  );
}

const STATE_OF: Readonly<Record<ContactStatus, EnrollmentState>> = {
  active: 'open',
  completed_all_calls: 'open',
  completed: 'ended',
  rejected: 'rejected',
};

/** As a word of the statement where it is one, so that the plan knows which index holds it. */
function stateIn(db: Db, states: readonly EnrollmentState[]): Fragment {
  const [only] = states;
  if (states.length > 1 || only === undefined) return db`e.state = any (${[...states]}::text[])`;
  return WORDS[only](db);
}

const WORDS: Readonly<Record<EnrollmentState, (db: Db) => Fragment>> = {
  open: (db) => db`e.state = 'open'`,
  ended: (db) => db`e.state = 'ended'`,
  rejected: (db) => db`e.state = 'rejected'`,
};

function unionAll(db: Db, branches: readonly Fragment[]): Fragment {
  return branches.reduce((all, branch) => db`${all} union all ${branch}`);
}
