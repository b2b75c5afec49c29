import { type AlertDeps, alertTeam } from '../../activities/alert-team';
import { noteHandoffs, takeAlerts } from '../../db/sweeps/handoff-alerts';
import { unlessLocked } from './installation';
import type { Sweep } from './sweep';

/** Tells the team that somebody waits for a person, and others when nobody takes it (U-4). */
export function handoffAlertSweeps(deps: AlertDeps): Sweep[] {
  const { sql } = deps;
  const sweep: Sweep = {
    name: 'handoff-alerts',
    everyMs: 2_000,
    async round() {
      await noteHandoffs(sql);
      const due = await takeAlerts(sql);
      await Promise.all(due.map((alert) => alertTeam(deps, alert)));
      return false;
    },
  };
  return unlessLocked([sweep], deps);
}
