import type { Sql } from '../../db/client';
import { claimDueReports } from '../../db/report';
import { expireReportMails, markReportStarted, reportsToStart } from '../../db/report-mail';
import type { Engine } from '../../engine/engine';
import { unlessLocked } from './installation';
import type { Sweep } from './sweep';

interface Deps {
  readonly sql: Sql;
  readonly engine: Pick<Engine, 'startReport'>;
}

/** Finds the periods of report schedules that are over by the business clock, and has each one mailed (S1-77, E-16). */
export function scheduledReports({ sql, engine }: Deps): Sweep[] {
  const sweep: Sweep = {
    name: 'scheduled-reports',
    everyMs: 1_000,
    async round() {
      const claimed = await claimDueReports(sql);
      await expireReportMails(sql);
      for (const id of await reportsToStart(sql)) {
        await engine.startReport(id);
        await markReportStarted(sql, id);
      }
      return claimed > 0;
    },
  };
  return unlessLocked([sweep], { sql });
}
