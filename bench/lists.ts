import { getCampaignCounts } from '../db/campaign-stats';
import { figureSums } from '../db/campaign-figures';
import { listCampaigns } from '../db/campaign';
import type { Sql } from '../db/client';
import { findContacts } from '../db/contact';
import { type EnrollmentPage, listEnrollments } from '../db/enrollment-list';
import type { ListData } from './lists-data';

/** What every list of the API asks of the database, with a question of its own each time. */

const PAGE = 51;
const FAR = 400_000;

export interface ListCase {
  readonly name: string;
  /** The nth question. */
  ask(sql: Sql, n: number): Promise<unknown>;
}

export function listCases({ large, small, list, smallList }: ListData): ListCase[] {
  const enrollments = (
    name: string,
    page: Partial<EnrollmentPage> | ((n: number) => Partial<EnrollmentPage>),
  ): ListCase => ({
    name: `contacts of a campaign: ${name}`,
    ask: (sql, n) =>
      listEnrollments(sql, {
        campaignId: large,
        sort: 'enrolled',
        after: null,
        limit: PAGE,
        ...(typeof page === 'function' ? page(n) : page),
      }),
  });
  const contacts = (
    name: string,
    search: (n: number) => { query?: string; tag?: string; listId?: string; after?: string },
  ): ListCase => ({
    name: `contacts: ${name}`,
    ask: (sql, n) => findContacts(sql, { query: null, hashes: [], after: null, limit: PAGE, ...search(n) }),
  });
  return [
    enrollments('first page', {}),
    enrollments('a page in the middle', (n) => ({ after: { position: FAR + n * 97, id: large } })),
    enrollments('open ones, in the middle', (n) => ({ state: 'open', after: { position: FAR + n * 97, id: large } })),
    enrollments('active', { status: 'active' }),
    enrollments('completed (all calls)', (n) => ({
      status: 'completed_all_calls',
      after: { position: n * 5_000, id: large },
    })),
    enrollments('completed', { status: 'completed' }),
    enrollments('a rare reason', { reason: 'stopped_by_rule' }),
    enrollments('a common reason, in the middle', (n) => ({
      reason: 'opted_out',
      after: { position: FAR + n * 97, id: large },
    })),
    enrollments('due first', { sort: 'due' }),
    enrollments('due first, in the middle', (n) => ({
      sort: 'due',
      after: { position: (Date.now() + 10 * 86_400_000 + n * 1_000) * 1_000, id: large },
    })),
    enrollments('due first, behind all that are due', (n) => ({
      sort: 'due',
      after: { position: 9e15 + FAR + n, id: large },
    })),
    enrollments('due within an hour', { dueBefore: Date.now() + 3_600_000 }),
    enrollments('due within an hour, due first', { dueBefore: Date.now() + 3_600_000, sort: 'due' }),
    enrollments('name that one in twenty has', { query: 'Maria' }),
    enrollments('name that one in 500 has', { query: 'Smith' }),
    enrollments('name that few have', (n) => ({ query: `${rareName(n)}` })),
    enrollments('name that nobody has', { query: 'Zzyzx' }),
    enrollments('two letters', { query: 'Ma' }),
    enrollments('name that few have, open ones, due first', (n) => ({
      query: rareName(n),
      state: 'open',
      sort: 'due',
    })),
    enrollments('external id', (n) => ({ query: `P-${1 + n * 997}` })),
    enrollments('case id', (n) => ({ query: `C-P-${1 + n * 997}` })),
    enrollments('of a small campaign', { campaignId: small }),
    enrollments('of a small campaign, due first', { campaignId: small, sort: 'due' }),
    enrollments('of a small campaign, by name', { campaignId: small, query: 'Maria' }),
    contacts('first page', () => ({})),
    contacts('a page in the middle', (n) => ({ after: `${(n % 16).toString(16)}0000000-0000-4000-8000-000000000000` })),
    contacts('name that one in twenty has', () => ({ query: 'Maria' })),
    contacts('name that one in 500 has', () => ({ query: 'Smith' })),
    contacts('name that few have', (n) => ({ query: rareName(n) })),
    contacts('name that nobody has', () => ({ query: 'Zzyzx' })),
    contacts('external id', (n) => ({ query: `P-${1 + n * 997}` })),
    contacts('common tag', () => ({ tag: 'spring' })),
    contacts('rare tag', () => ({ tag: 'rare' })),
    contacts('of a list of all', () => ({ listId: list })),
    contacts('of a list of all, by a rare name', (n) => ({ listId: list, query: rareName(n) })),
    contacts('of a small list', () => ({ listId: smallList })),
    contacts('of a small list, by a common name', () => ({ listId: smallList, query: 'Maria' })),
    { name: 'campaigns: first page', ask: (sql) => listCampaigns(sql, { sort: 'newest', after: null, limit: PAGE }) },
    { name: 'campaign: its counts', ask: (sql) => getCampaignCounts(sql, large) },
    { name: 'campaign: statistics of ninety days', ask: (sql) => figureSums(sql, { campaignId: large }) },
  ];
}

/** The first letters of one of fifty thousand last names. */
function rareName(n: number): string {
  return RARE[n % RARE.length] ?? 'Zzyzx';
}

/** Filled by `learnNames`: what the database called people. */
const RARE: string[] = [];

export async function learnNames(sql: Sql): Promise<void> {
  const rows = await sql<{ lastName: string }[]>`select last_name from contact where last_name <> 'Smith' limit 100`;
  RARE.push(...rows.map(({ lastName }) => lastName));
}

export interface ListFigures {
  readonly name: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly worstMs: number;
}

export async function measureList(sql: Sql, { name, ask }: ListCase, times: number): Promise<ListFigures> {
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const startedMs = performance.now();
    await ask(sql, n);
    took.push(performance.now() - startedMs);
  }
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.ceil(took.length * share) - 1)] ?? 0;
  return { name, p50Ms: at(0.5), p95Ms: at(0.95), worstMs: at(1) };
}
