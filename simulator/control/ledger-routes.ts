import { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { LedgerChannelSchema, LedgerEntrySchema } from '../ledger-entry';
import { isWanted } from '../ledger';
import { summarise } from '../summary';
import { type Account, type Call, CALL_ENDS } from '../twilio/account';
import type { World } from '../world';

const QuerySchema = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  channel: LedgerChannelSchema.optional(),
  kind: LedgerEntrySchema.shape.kind.optional(),
  attemptId: z.string().optional(),
  to: z.string().optional(),
  /** Waits so many milliseconds at most for the first entry that fits. */
  waitMs: z.coerce.number().int().min(0).max(30_000).default(0),
});

/**
 * GET /ledger?after=&channel=&kind=&attemptId=&to=&waitMs=
 * GET /calls
 * GET /summary
 */
export function ledgerRoutes({ ledger, holds, background }: World, account: Account): Router {
  const router = Router();

  router.get('/ledger', async (request: Request, response: Response) => {
    const { waitMs, ...filter } = QuerySchema.parse(request.query);
    const patience = AbortSignal.timeout(waitMs);
    // Nothing came in time: then nothing is the answer.
    if (waitMs > 0) await ledger.until((entry) => isWanted(entry, filter), patience).catch(() => undefined);
    response.json({ entries: ledger.entries(filter) });
  });

  router.get('/calls', (_request, response) => {
    response.json({ calls: [...account.calls.values()].map((call) => ({ ...shown(call), held: heldIn(call) })) });
  });

  router.get('/summary', (_request, response) => {
    response.json({ ...summarise(ledger.entries()), busy: background.busy });
  });

  function heldIn(call: Call): string | null {
    if (CALL_ENDS.has(call.status)) return null;
    const phase = call.answeredRt === null ? 'ringing' : 'talking';
    return holds.isHeld({ to: call.order.to, attemptId: call.attemptId }, phase) ? phase : null;
  }

  return router;
}

function shown({ sid, order, attemptId, status, createdRt, answeredBy }: Call): Record<string, unknown> {
  return { sid, to: order.to, from: order.from, attemptId, status, createdRt, answeredBy };
}
