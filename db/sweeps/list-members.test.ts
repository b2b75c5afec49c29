import { databaseOfThisFile } from '../../test/database';
import { NORA, seedContact, seedList, startOver, untilWaiting } from '../../test/seed';
import { inTransaction } from '../client';
import { sweepListPage } from './list-members';

const { sql } = databaseOfThisFile({ max: 4 });
beforeEach(() => startOver(sql));

describe('the look at a hybrid list (K-17)', () => {
  it('leaves on it whoever an import puts there by hand at the same moment', async () => {
    const listId = await seedList(sql);
    const { caseIds } = await seedContact(sql, listId, NORA);
    const conditions = JSON.stringify({ groups: [{ conditions: [{ field: 'tag', op: 'is', values: ['spring'] }] }] });
    await sql`update list set kind = 'hybrid', conditions = ${conditions}::text::jsonb`;
    await sql`update list_member set source = 'conditions'`;
    const swept = await inTransaction(sql, async (tx) => {
      await tx`
        insert into list_member as m (list_id, case_id) values (${listId}, ${caseIds[0] ?? ''})
        on conflict (list_id, case_id) do update set source = 'manual' where m.source <> 'manual'`;
      const sweep = sweepListPage(sql);
      await untilWaiting(sql, 1);
      return { sweep };
    });
    expect(await swept.sweep).toBe(true);
    expect(await sql`select source from list_member`).toEqual([{ source: 'manual' }]);
    expect(await sql`select 1 from list_departure`).toEqual([]);
  });
});
