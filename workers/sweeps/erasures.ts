import type { ProviderRecords, VoiceProvider } from '../../activities/providers/provider';
import { inTransaction, type Sql } from '../../db/client';
import {
  type Counts,
  type DueStep,
  dueSteps,
  ERASURE_TIMEOUTS,
  type ErasureStepKind,
  finishStep,
  postponeStep,
  reopenErasures,
} from '../../db/erasure';
import { type ErasureItem, itemCounts, markItemDone, openItems, workflowRuns } from '../../db/erasure-items';
import { anonymise, attemptsUnderWay, endOutreach } from '../../db/erasure-rows';
import type { Engine } from '../../engine/engine';
import type { Sweep } from './sweep';

interface Deps {
  readonly sql: Sql;
  readonly engine: Engine;
  readonly voice: VoiceProvider;
  readonly records: ProviderRecords;
}

const STEPS_PER_ROUND = 20;
const ITEMS_PER_STEP = 50;

/** Thrown where there is nothing wrong and something has to come to its end first. */
class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** Carries erasures on, from wherever the last process that was at it came to. Whatever it does may be done twice. */
export function erasures(deps: Deps): Sweep {
  return {
    name: 'erasures',
    everyMs: 1_000,
    async round() {
      await reopenErasures(deps.sql);
      const steps = await dueSteps(deps.sql, STEPS_PER_ROUND);
      for (const step of steps) await carryOn(deps, step);
      return steps.length > 0;
    },
  };
}

async function carryOn(deps: Deps, step: DueStep): Promise<void> {
  try {
    await WORK[step.kind](deps, step.contactId);
  } catch (error) {
    await postponeStep(deps.sql, step, waitOf(step, error));
  }
}

/** Thrown where somebody outside could not delete what was asked. */
class Refused extends Error {
  override readonly name = 'Refused';
}

/** Only who was asked and refused is asked less and less often; everything else is over in a moment. */
function waitOf({ kind }: DueStep, error: unknown): { waitsFor: string; isFailure: boolean } {
  if (error instanceof NotYet) return { waitsFor: error.message, isFailure: false };
  if (error instanceof Refused) return { waitsFor: kind === 'provider' ? 'provider' : 'temporal', isFailure: true };
  return { waitsFor: 'database', isFailure: false };
}

type Work = (deps: Deps, contactId: string) => Promise<void>;

const WORK: Readonly<Record<ErasureStepKind, Work>> = {
  async outreach({ sql }, contactId) {
    await inTransaction(sql, async (tx) =>
      finishStep(tx, contactId, 'outreach', await endOutreach(tx, contactId, 'erasure')),
    );
  },

  /** What rings is let ring out or cancelled; nothing is erased under a live call, which still needs its words. */
  async calls({ sql, voice }, contactId) {
    const underWay = await inTransaction(sql, async (tx) => attemptsUnderWay(tx, contactId));
    const ringing = underWay.flatMap(({ channel, sid }) => (channel === 'voice' && sid !== null ? [sid] : []));
    await Promise.allSettled(ringing.map((sid) => voice.cancelCall(sid)));
    if (underWay.length > 0) throw new NotYet('attempts_under_way');
    await finishStep(sql, contactId, 'calls', {});
  },

  /** Whoever was enrolled in the very moment of the request is ended here. */
  async rows({ sql }, contactId) {
    await inTransaction(
      sql,
      async (tx) => {
        await endOutreach(tx, contactId, 'erasure');
        await finishStep(tx, contactId, 'rows', await anonymise(tx, contactId));
      },
      ERASURE_TIMEOUTS,
    );
  },

  async provider(deps, contactId) {
    await eachItem(deps, contactId, ['call', 'message'], async ({ kind, ref }) => {
      if (kind === 'call') return (await deps.records.deleteCall(ref)).recordings;
      await deps.records.deleteSms(ref);
      return 0;
    });
    const { call, message, recording } = await itemCounts(deps.sql, contactId);
    await finishOnceEmpty(deps, contactId, 'provider', { calls: call, messages: message, recordings: recording });
  },

  async workflows(deps, contactId) {
    await eachItem(deps, contactId, ['workflow'], async ({ ref }) => {
      await deps.engine.forget(ref, await workflowRuns(deps.sql, ref));
      return 0;
    });
    const { workflow } = await itemCounts(deps.sql, contactId);
    await finishOnceEmpty(deps, contactId, 'workflows', { workflows: workflow });
  },
};

/** Each by itself: one that can't be deleted yet keeps none of the others. */
async function eachItem(
  { sql }: Deps,
  contactId: string,
  kinds: readonly ErasureItem['kind'][],
  remove: (item: ErasureItem) => Promise<number>,
): Promise<void> {
  const items = await openItems(sql, contactId, kinds, ITEMS_PER_STEP);
  let refused = 0;
  for (const item of items) {
    const recordings = await remove(item).catch(() => null);
    if (recordings === null) refused++;
    else await markItemDone(sql, contactId, item, recordings);
  }
  if (refused > 0) throw new Refused(`${refused} could not be deleted`);
}

async function finishOnceEmpty(
  { sql }: Deps,
  contactId: string,
  kind: 'provider' | 'workflows',
  counts: Counts,
): Promise<void> {
  const left = await openItems(sql, contactId, kind === 'provider' ? ['call', 'message'] : ['workflow'], 1);
  if (left.length > 0) throw new NotYet('more_to_delete');
  await finishStep(sql, contactId, kind, counts);
}
