import type { FactBody } from '../domain/fact';
import type { FoldAttempt, FoldEnrollment, FoldState } from '../domain/fold-state';
import { HOUR_MS, type Instant } from '../domain/instant';
import type { Tx } from './client';
import { lockEnrollment } from './enrollment';
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

interface EnrollmentRow extends FoldEnrollment {
  now: Instant;
  campaignId: string;
  contactId: string;
  versionId: string;
  untaggedAfterSeconds: number;
  commitmentsMade: number;
  openCommitments: number;
  formCompleted: boolean;
}

/** Locks the enrollment, then the attempt, and reads what `fold` has to see. */
export async function lockFoldFrame(tx: Tx, enrollmentId: string, attemptId: string | null): Promise<FoldFrame> {
  await lockEnrollment(tx, enrollmentId);
  const attempt = attemptId === null ? null : await lockAttempt(tx, attemptId);
  const [row] = await tx<EnrollmentRow[]>`
    select ms(app_now()) as now, e.campaign_id, e.contact_id, c.current_version_id as version_id,
      e.state, e.reason, e.left_for_good, ms(e.calls_stopped_at) as calls_stopped_at,
      ms(e.messages_stopped_at) as messages_stopped_at, e.hold_reason, e.cases, s.untagged_after_seconds,
      (select count(*)::int from commitment where enrollment_id = e.id) as commitments_made,
      (select count(*)::int from commitment where enrollment_id = e.id and state = 'open') as open_commitments,
      exists (select 1 from fact where enrollment_id = e.id and kind = 'form_completed' and folded_rt is not null) as form_completed
    from enrollment e
    join campaign c on c.id = e.campaign_id
    cross join settings s
    where e.id = ${enrollmentId}`;
  if (row === undefined) throw new Error(`there is no enrollment ${enrollmentId}`);
  const { plan, policy } = await getVersion(tx, row.versionId);
  return {
    campaignId: row.campaignId,
    contactId: row.contactId,
    versionId: row.versionId,
    state: {
      now: row.now,
      enrollment: row,
      attempt,
      rules: policy.rules,
      formId: plan.formId,
      eachFailedCall: policy.eachFailedCall,
      handoffHoldMs: policy.handoffHoldHours * HOUR_MS,
      untaggedAfterMs: row.untaggedAfterSeconds * 1000,
      maxCallbacks: policy.maxCallbacks,
      commitmentsMade: row.commitmentsMade,
      hasOpenCommitment: row.openCommitments > 0,
      formCompleted: row.formCompleted,
    },
  };
}

async function lockAttempt(tx: Tx, attemptId: string): Promise<FoldAttempt | null> {
  const [attempt] = await tx<FoldAttempt[]>`
    select channel, state, status, rank, provider_sid as sid, answered_by, disposition, outcome, outcome_judged,
      ms(ended_at) as ended_at, error_code, step_key = 'callback' as is_callback
    from attempt where id = ${attemptId} for no key update`;
  return attempt ?? null;
}
