import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { LedgerEntry } from '../db/balance';

const PATIENCE_MS = 30_000;

const LedgerSchema = z.object({
  entries: z.array(
    z.object({
      at: z.number(),
      channel: z.enum(['voice', 'sms', 'email']),
      accepted: z.boolean(),
      status: z.string().optional(),
      attemptId: z.string().optional(),
    }),
  ),
});

/** Everything the stand-ins were asked to send, in the auditor's words. Asked again for a while: the simulator may be restarting. */
export async function readLedger(simulatorUrl: string): Promise<LedgerEntry[]> {
  const kinds = ['channel=voice&kind=create', 'channel=sms&kind=create', 'channel=email&kind=mail'];
  const pages = await Promise.all(kinds.map((query) => read(`${simulatorUrl}/sim/ledger?${query}`)));
  return pages.flat().flatMap(({ at, channel, accepted, status, attemptId = null }) =>
    // What a provider answers to a person's own text is nobody's attempt.
    status === 'reply' ? [] : [{ at, channel, kind: 'create', accepted, attemptId }],
  );
}

async function read(url: string): Promise<z.output<typeof LedgerSchema>['entries']> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      const answer = await fetch(url);
      return LedgerSchema.parse(await answer.json()).entries;
    } catch (error) {
      if (Date.now() > until) throw new Error('the simulator does not show its ledger', { cause: error });
    }
    await delay(500);
  }
}
