export type EnrollmentTab = 'attempts' | 'actions';

/** Without one, the timeline is shown. */
export function readEnrollmentTab({ tab }: Record<string, unknown>): { readonly tab?: EnrollmentTab } {
  return tab === 'attempts' || tab === 'actions' ? { tab } : {};
}
