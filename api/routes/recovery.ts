import { getInstallation, type Installation, type RecoveryReport, wantRecovery } from '../../db/installation';
import { lockSentence } from '../../domain/recovery';
import { RECOVERY_EXAMPLE, RecoveryAnswer } from '../answers/recovery';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { defineRoute, ok, type Route } from '../route';

/**
 * GET  /recovery: is the installation locked, and why
 * POST /recovery: has it recover
 */
export function recoveryRoutes({ sql }: Pick<ApiDeps, 'sql'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/recovery',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getRecovery',
        tag: 'Operations',
        summary: 'Is the installation locked for recovery?',
        description: 'It locks itself when PostgreSQL or Temporal was restored from a copy, or lost.',
        answers: { 200: RecoveryAnswer },
        examples: { answer: RECOVERY_EXAMPLE },
      },
      handle: async () => ok(documentOf(await getInstallation(sql))),
    }),
    defineRoute({
      method: 'post',
      path: '/recovery',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'recover',
        tag: 'Settings',
        summary: 'Have the installation recover, and let outreach go on',
        description:
          'A worker takes over what the provider did and heard meanwhile, so that nobody is called twice and every "stop" is known, and then unlocks. Asking again, or where nothing is locked, changes nothing.',
        answers: { 200: RecoveryAnswer },
        examples: { answer: { ...RECOVERY_EXAMPLE, wantedBy: 'key:Ada' } },
      },
      handle: async ({ caller }) => ok(documentOf(await wantRecovery(sql, caller.actor))),
    }),
  ];
}

function documentOf({ lockedRt, lockReason, gapFromRt, recoveryWantedBy, recovery }: Installation) {
  return toDocument({
    locked: lockReason !== null,
    reason: lockReason,
    sentence: lockReason === null ? null : lockSentence(lockReason),
    lockedAt: lockedRt,
    gapFromAt: gapFromRt,
    wantedBy: recoveryWantedBy,
    last: recovery === null ? null : reportOf(recovery),
  });
}

function reportOf({ finishedRt, ...counts }: RecoveryReport) {
  return { finishedAt: finishedRt, ...counts };
}
