import { useHealthyCompany } from '../test/audit/violations';
import { auditWhenDue, listAudits } from './audit';

const company = useHealthyCompany();
const HOUR_MS = 3_600_000;
const all = () => listAudits(company().sql, { after: null, limit: 10 });
const grow = (hours: number) => company().sql`update audit set rt = rt - make_interval(hours => ${hours})`;

beforeEach(() => company().sql`delete from audit`);

describe('the auditor', () => {
  it('looks once an hour, however many ask', async () => {
    const { sql } = company();
    expect((await auditWhenDue(sql, HOUR_MS))?.ok).toBe(true);
    expect(await auditWhenDue(sql, HOUR_MS)).toBeNull();
    await grow(1);
    expect(await auditWhenDue(sql, HOUR_MS)).not.toBeNull();
    expect(await all()).toHaveLength(2);
  });

  it('writes down what does not balance, and that it does again', async () => {
    const { sql } = company();
    await sql`update enrollment set state = 'rejected', reason = 'no_address' where id = (select id from enrollment where state = 'open' limit 1)`;
    await auditWhenDue(sql, 0);
    const [broken] = await all();
    expect(broken?.ok).toBe(false);
    expect(broken?.equations.some(({ ok, examples }) => !ok && examples.length > 0)).toBe(true);
  });

  it('remembers three months', async () => {
    const { sql } = company();
    await auditWhenDue(sql, 0);
    await grow(24 * 91);
    await auditWhenDue(sql, 0);
    const rows = await all();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.tookMs).toBeGreaterThanOrEqual(0);
  });

  it('is read newest first, page by page', async () => {
    const { sql } = company();
    for (let n = 0; n < 3; n++) await auditWhenDue(sql, 0);
    const [newest, second] = await listAudits(sql, { after: null, limit: 2 });
    const rest = await listAudits(sql, { after: second?.id ?? null, limit: 2 });
    expect([newest, second, ...rest].map((row) => row?.id)).toEqual((await all()).map(({ id }) => id));
  });
});
