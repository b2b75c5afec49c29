import type { Counts } from '../api/answers';
import { Figures } from '../parts/figures';

export function CampaignFigures({ counts }: { readonly counts: Counts }) {
  const { contacts, reached, outcomes, attempts, rulesFired, actions } = counts;
  return (
    <Figures
      figures={[
        { label: 'Contacts', value: contacts },
        { label: 'Reached', value: reached },
        { label: 'Converted', value: outcomes['converted'] ?? 0 },
        { label: 'Calls', value: attempts.voice },
        { label: 'Texts', value: attempts.sms },
        { label: 'Mails', value: attempts.email },
        { label: 'Rules fired', value: rulesFired },
        { label: 'Actions done', value: actions.done },
        ...(actions.pending > 0 ? [{ label: 'Actions pending', value: actions.pending }] : []),
        ...(actions.failed > 0 ? [{ label: 'Actions failed', value: actions.failed, isBad: true }] : []),
      ]}
    />
  );
}
