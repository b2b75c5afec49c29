import type { Logger } from 'pino';
import { getInstallation } from '../../db/installation';
import type { Sweep } from '../sweeps/sweep';
import { recover, type RecoveryDeps } from './recover';

/** Carries out the recovery that an admin asked for over the API. */
export function recoverySweep({ log, ...deps }: RecoveryDeps & { readonly log: Logger }): Sweep {
  return {
    name: 'recover',
    everyMs: 2_000,
    async round() {
      const { recoveryWantedBy: actor } = await getInstallation(deps.sql);
      if (actor === null) return false;
      const outcome = await recover(deps, actor);
      log.info({ ...outcome }, 'the installation has recovered');
      return false;
    },
  };
}
