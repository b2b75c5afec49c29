import { databaseOfThisFile } from '../test/database';
import { fictionalPhone, seedCampaign, seedContact, seedList, startOver } from '../test/seed';
import { countEnrollments, type EnrollmentFilter, listEnrollments } from './enrollment-list';

const { sql } = databaseOfThisFile();

let campaignId: string;
const NAMES = ['Ana Bó', 'Bo Anand', 'Cy_rus 100%', 'Dana', 'Li Ana'];

/** A row of each kind, in an order of enrollment that is not that of ids. */
beforeAll(async () => {
  await startOver(sql);
  const listId = await seedList(sql);
  campaignId = await seedCampaign(sql, listId);
  const other = await seedCampaign(sql, listId);
  for (let n = 0; n < 40; n += 1) {
    const { contactId, caseIds } = await seedContact(sql, listId, {
      name: `${NAMES[n % NAMES.length]}`,
      phones: [fictionalPhone(n)],
    });
    await sql`update contact set external_id = ${`E${n}`} where id = ${contactId}`;
    const state = ['open', 'open', 'ended', 'rejected'][n % 4] ?? 'open';
    const reason = state === 'open' ? null : n % 8 < 4 ? 'opted_out' : 'plan_through';
    const due = state === 'open' && n % 12 !== 0 ? 1_000 * (40 - n) + (n % 3) * 0.001 : null;
    for (const each of [campaignId, other])
      await sql`
        insert into enrollment (campaign_id, contact_id, cases, state, reason, enrolled_at, ended_at, due_at, calls_over, calls_stopped_at)
        values (${each}, ${contactId}, ${[...caseIds]}::uuid[], ${state}, ${reason}, app_now(), ${state === 'ended' ? sql`app_now()` : null},
          app_now() + ${due}::float8 * interval '1 second', ${n % 5 === 0}, ${n % 7 === 0 ? sql`app_now()` : null})`;
  }
});

/** What each filter means, row by row. */
async function expected(filter: Omit<EnrollmentFilter, 'campaignId'>, sort: string): Promise<string[]> {
  const { state = null, status = null, reason = null, query = null } = filter;
  const rows = await sql<{ id: string }[]>`
    select e.id from enrollment e join contact p on p.id = e.contact_id
    where e.campaign_id = ${campaignId}
      and (${state}::text is null or e.state = ${state})
      and (${reason}::text is null or e.reason = ${reason})
      and (${filter.dueBefore ?? null}::float8 is null or e.state = 'open' and e.due_at < at_ms(${filter.dueBefore ?? 0}))
      and (${status}::text is null or ${status} = case
        when e.state = 'rejected' then 'rejected' when e.state = 'ended' then 'completed'
        when e.calls_stopped_at is not null or e.calls_over then 'completed_all_calls' else 'active' end)
      and (${query}::text is null or strpos(lower(p.first_name || ' ' || p.last_name), lower(${query}::text)) > 0 or p.external_id = ${query})
    order by ${sort === 'due' ? sql`case when e.state = 'open' then e.due_at end nulls last, e.seq` : sql`e.seq`}`;
  return rows.map(({ id }) => id);
}

async function paged(filter: Omit<EnrollmentFilter, 'campaignId'>, sort: 'enrolled' | 'due'): Promise<string[]> {
  const ids: string[] = [];
  let after: { position: number; id: string } | null = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof listEnrollments>> = await listEnrollments(sql, {
      campaignId,
      ...filter,
      sort,
      after,
      limit: 7,
    });
    ids.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (last === undefined || page.length < 7) return ids;
    after = { position: Number(last.position), id: last.id };
  }
}

const FILTERS: readonly Omit<EnrollmentFilter, 'campaignId'>[] = [
  {},
  ...(['open', 'ended', 'rejected'] as const).map((state) => ({ state })),
  ...(['active', 'completed_all_calls', 'completed', 'rejected'] as const).map((status) => ({ status })),
  { reason: 'opted_out' },
  { reason: 'opted_out', state: 'ended' },
  { state: 'open', status: 'completed' },
  { dueBefore: Date.parse('2027-03-01T17:20:00Z') },
  { query: 'Ana' },
  { query: 'ana', status: 'active' },
  { query: '100%' },
  { query: 'y_r' },
  { query: 'E7' },
  { query: 'nobody' },
];

describe.each(['enrolled', 'due'] as const)('contacts of a campaign in the order "%s"', (sort) => {
  it.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))(
    'are, page by page, all that match %s',
    async (_, filter) => {
      const ids = await paged(filter, sort);
      expect(ids).toEqual(await expected(filter, sort));
      expect(await countEnrollments(sql, { campaignId, ...filter })).toBe(ids.length);
    },
  );
});

it('one or two letters are the beginning of a part of a name', async () => {
  const names = async (query: string) => {
    const rows = await listEnrollments(sql, { campaignId, query, sort: 'enrolled', after: null, limit: 50 });
    return [...new Set(rows.map(({ contact }) => contact.firstName))].sort();
  };
  expect(await names('An')).toEqual(['Ana Bó', 'Bo Anand', 'Li Ana']);
  expect(await names('L')).toEqual(['Li Ana']);
  expect(await names('na')).toEqual([]);
});
