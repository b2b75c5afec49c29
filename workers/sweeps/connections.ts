import { type ConnectDeps, connectCrm } from '../../activities/connect-crm';
import { CrmError } from '../../activities/providers/provider';
import type { HoldReason } from '../../db/connection';
import { type Circuit, recordUnwell, recordWell, takeDueChecks } from '../../db/connection-circuit';
import { expireHeld, releaseHeld } from '../../db/connection-release';
import { crmSweeps } from './crm';
import type { Sweep } from './sweep';

/** Guards actions that wait for their connection: asks the connection whether it is well, and lets them go on, or end. */
export function connectionSweeps(deps: ConnectDeps): Sweep[] {
  return [
    {
      name: 'connection-checks',
      everyMs: 1_000,
      async round() {
        await Promise.all((await takeDueChecks(deps.sql)).map((circuit) => check(deps, circuit)));
        return false;
      },
    },
    {
      name: 'connection-releases',
      everyMs: 500,
      async round() {
        await expireHeld(deps.sql);
        return (await releaseHeld(deps.sql)) > 0;
      },
    },
    ...crmSweeps(deps),
  ];
}

async function check(deps: ConnectDeps, circuit: Circuit): Promise<void> {
  try {
    await connectCrm(deps, circuit).check();
  } catch (error) {
    const code = error instanceof CrmError ? error.code : 'failed';
    return recordUnwell(deps.sql, circuit, code, reasonOf(code));
  }
  await recordWell(deps.sql, circuit);
}

/** Whoever asks us to come later, too, is asked again. */
function reasonOf(code: CrmError['code']): HoldReason {
  return code === 'credentials' || code === 'configuration' ? code : 'outage';
}
