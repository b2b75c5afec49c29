/** Why the rows, as they stand, do not allow a change. Callers branch on the code; the message is for people. */
export type RefusalCode =
  | 'not_found'
  | 'unknown_reference'
  | 'wrong_status'
  | 'revision_conflict'
  | 'launch_refused'
  | 'law_refused'
  | 'publish_refused'
  | 'order_refused'
  | 'case_conflict'
  | 'contact_exists'
  | 'not_verified'
  | 'test_refused'
  | 'last_admin'
  | 'locked_for_recovery';

/** One reason of a refusal, at a field of what was asked for or of what is stored. */
export interface RefusedField {
  readonly pointer: string;
  readonly detail: string;
  readonly value?: unknown;
  /** Of what somebody else has changed meanwhile: what stands there now. */
  readonly current?: unknown;
  /** The step of the builder that shows the field. */
  readonly step?: string;
}

/** Thrown inside a transaction, so that nothing of the change stays. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly problems: readonly RefusedField[] = [],
  ) {
    super(message);
  }
}
