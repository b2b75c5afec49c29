import { CAMPAIGN_TEMPLATES, RULE_TEMPLATES, TemplateKeySchema } from './campaign-templates';
import { RuleSchema, triggerPhrase } from './rule';

describe('the templates to begin with (U-9)', () => {
  it('are the three types of campaign (S1-43, S1-44, S1-45)', () => {
    expect(CAMPAIGN_TEMPLATES.map(({ key }) => key)).toEqual(TemplateKeySchema.options);
    const channels = CAMPAIGN_TEMPLATES.map(({ steps }) => JSON.stringify(steps.schedule));
    expect(channels.map((text) => ['"calls":', '"sms"', '"email"'].map((word) => text.includes(word)))).toEqual([
      [true, false, false],
      [false, true, true],
      [true, true, true],
    ]);
  });

  it('hold the five rules that most firms set up, each a valid one (S0-63 to S0-67)', () => {
    const told = RULE_TEMPLATES.map(({ rule }) => [
      triggerPhrase(rule.when),
      ...rule.then.map((action) => (action.kind === 'crm_status' ? `${action.kind} ${action.status}` : action.kind)),
    ]);
    expect(told).toEqual([
      ['Converted Call', 'crm_status Retained', 'crm_note'],
      ['Unsuccessful Call', 'stop_calls', 'crm_note'],
      ['Opted Out Reply', 'stop_campaign'],
      ['Completed Form', 'crm_status Intake Complete', 'stop_calls'],
      ['Requested Handoff', 'crm_note'],
    ]);
    for (const { rule } of RULE_TEMPLATES) expect(RuleSchema.parse(rule)).toEqual(rule);
  });
});
