import type { FactBody } from '../domain/fact';
import type { FoldAttempt, FoldEnrollment, FoldState } from '../domain/fold-state';
import { HOUR_MS, type Instant } from '../domain/instant';
import { hasAgreedAgain } from './agreed-again';
import type { Tx } from './client';
import { getVersion } from './versions';

/** A fact as stored, and whom it is about. */
export interface StoredFact {
  readonly id: string;
  readonly body: FactBody;
  readonly enrollmentId: string | null;
  readonly contactId: string | null;
  readonly attemptId: string | null;
  readonly actor: string;
}

export interface FoldFrame {
  readonly state: FoldState;
  readonly campaignId: string;
  readonly contactId: string;
  readonly versionId: string;
}

interface Row extends FoldEnrollment {
  now: Instant;
  campaignId: string;
  contactId: string;
  versionId: string;
  untaggedAfterSeconds: number;
  commitmentsMade: number;
  openCommitments: number;
  formCompleted: boolean;
  attempt: FoldAttempt | null;
}

/** Locks the enrollment, then the attempt, and reads what `fold` has to see. */
export async function lockFoldFrame(
  tx: Tx,
  { enrollmentId, attemptId, body }: StoredFact & { readonly enrollmentId: string },
): Promise<FoldFrame> {
  const [row] = await tx<Row[]>`select * from lock_fold_frame(${enrollmentId}, ${attemptId})`;
  if (row === undefined) throw new Error(`there is no enrollment ${enrollmentId}`);
  const { plan, policy } = await getVersion(tx, row.versionId);
  return {
    campaignId: row.campaignId,
    contactId: row.contactId,
    versionId: row.versionId,
    state: {
      now: row.now,
      enrollment: row,
      attempt: row.attempt,
      rules: policy.rules,
      formId: plan.formId,
      eachFailedCall: policy.eachFailedCall,
      handoffHoldMs: policy.handoffHoldHours * HOUR_MS,
      untaggedAfterMs: row.untaggedAfterSeconds * 1000,
      maxCallbacks: policy.maxCallbacks,
      commitmentsMade: row.commitmentsMade,
      hasOpenCommitment: row.openCommitments > 0,
      // Only an order asks for it: no other fact costs a statement more.
      agreedAgain: body.kind === 'order' && row.reason === 'opted_out' && (await hasAgreedAgain(tx, enrollmentId)),
      formCompleted: row.formCompleted,
      stopOn: policy.crm?.stopOn ?? [],
    },
  };
}
