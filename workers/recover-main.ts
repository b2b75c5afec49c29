import { createProviders } from '../activities/providers/create-providers';
import { readConfig } from '../config';
import { createSql } from '../db/client';
import { lockSentence } from '../domain/recovery';
import { temporalConnection } from '../engine/connection';
import { createEngine } from '../engine/engine';
import { recover, type RecoveryOutcome } from './recovery/recover';

/** `npm run recover`: after a database was restored or lost, takes over what happened meanwhile and lets outreach go on. Ends with 1 if it could not. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  // One connection for the lock that keeps a second recovery away, and one for the work.
  const sql = createSql(config.DATABASE_URL, { max: 3, applicationName: 'followthrough-recover' });
  const engine = createEngine({
    ...temporalConnection(config),
    namespace: config.TEMPORAL_NAMESPACE,
    queuePrefix: config.QUEUE_PREFIX,
    uiUrl: null,
  });
  const { books, close } = createProviders(config);
  const keys = { addressKey: config.ADDRESS_KEY, secretKey: config.SECRET_KEY, publicUrl: config.PUBLIC_URL };
  try {
    const outcome = await recover({ sql, engine, books, keys }, 'npm run recover');
    for (const line of report(outcome)) console.log(line);
    if (outcome.kind === 'busy') process.exitCode = 1;
  } finally {
    close();
    await engine.close();
    await sql.end();
  }
}

function report(outcome: RecoveryOutcome): string[] {
  switch (outcome.kind) {
    case 'not_locked':
      return ['The installation is not locked: there is nothing to recover.'];
    case 'busy':
      return ['A recovery is under way already.'];
    case 'recovered': {
      const { adopted, mailsPresumed, held, strangers, replies } = outcome.counts;
      return [
        `Locked, because ${lockSentence(outcome.reason)}.`,
        `${adopted} calls and texts of the provider stand here as attempts now.`,
        `${mailsPresumed} mails may have been sent and count as such.`,
        `${held} calls and texts fit into no plan: their people are held, in the handoff inbox.`,
        `${strangers} calls and texts went to people who are in no campaign here.`,
        `${replies} texts of people had not been heard here.`,
        'The installation is open again.',
      ];
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
