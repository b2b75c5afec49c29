import type { EnrollmentState } from '../api/answers';

/** Which contacts of a campaign are shown. It stands in the address, so that it can be linked to and outlives a reload. */
export interface Filter {
  readonly show?: 'rules';
  readonly state?: EnrollmentState;
  readonly find?: string;
}

const STATES: ReadonlySet<unknown> = new Set<EnrollmentState>(['open', 'ended', 'rejected']);

export function readFilter({ show, state, find }: Record<string, unknown>): Filter {
  return {
    ...(show === 'rules' ? { show } : {}),
    ...(isState(state) ? { state } : {}),
    ...(typeof find === 'string' && find !== '' ? { find } : {}),
  };
}

export function isState(value: unknown): value is EnrollmentState {
  return STATES.has(value);
}
