import { endsOutreach } from './crm-link';
import type { FoldDraft } from './fold-draft';
import type { Fact, FoldState } from './fold-state';

/** U-1: somebody has set a status in the CRM. Rules fire on it; some statuses end outreach, where they are set to. */
export function foldCrmStatus({ stopOn }: FoldState, fact: Fact<'crm_status'>, draft: FoldDraft): void {
  const { caseId, field, group, value, stops } = fact;
  const type = group === undefined ? {} : { group };
  draft.tell('crm_status_changed', { caseId, field, ...type, value });
  draft.fire({ trigger: 'crm_status', outcome: value, field, ...type });
  if (stops || endsOutreach(stopOn, { field, value, ...type })) draft.end('stopped_in_crm');
}
