/** Callbacks belong to no run: they are promises of the whole enrollment. */
export const PROMISES_RUN = 'promises';
export const CALL_STEP = 'call';
export const CALLBACK_STEP = 'callback';

/** Stable over edits: what was touched once under this key is never touched again under it. */
export function touchKeyOf(runKey: string, stepKey: string, ordinal: number): string {
  return `${runKey}.${stepKey}.${ordinal}`;
}
