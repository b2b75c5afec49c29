import type { Logger } from 'pino';
import { auditWhenDue } from '../../db/audit';
import { countNext } from '../../db/campaign-stats';
import { tallyPage } from '../../db/campaign-tally';
import type { Sql } from '../../db/client';
import type { Sweep } from './sweep';

interface Deps {
  readonly sql: Sql;
  readonly log: Logger;
}

const AUDIT_EVERY_MS = 3_600_000;

/** What looks on and changes nothing that a contact could notice. */
export function reportSweeps({ sql, log }: Deps): Sweep[] {
  return [
    { name: 'stats', everyMs: 1_000, round: () => countNext(sql) },
    { name: 'tally', everyMs: 1_000, round: () => tallyPage(sql) },
    {
      name: 'audit',
      everyMs: 60_000,
      async round() {
        const result = await auditWhenDue(sql, AUDIT_EVERY_MS);
        const wrong = result?.equations.filter(({ ok }) => !ok) ?? [];
        if (wrong.length > 0) log.error({ equations: wrong.map(({ name }) => name) }, 'the books do not balance');
        return false;
      },
    },
  ];
}
