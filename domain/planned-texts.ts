import type * as z from 'zod';
import type { DomainError } from './errors';
import type { Plan } from './plan';
import type { Policy } from './policy';
import { parseTemplate, variablesOf } from './template';

/** Everything a template may speak of; a contact's own attributes are open-ended, so only their root is checked. */
const KNOWN_VARIABLES: ReadonlySet<string> = new Set([
  'company.name',
  'company.address',
  'company.phone',
  'campaign.subject',
  'form.link',
  'unsubscribe.link',
]);
const CONTACT_ROOT = 'contact.';

interface PlannedText {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** Refuses at save what would otherwise refuse to send: broken templates and variables that nothing fills. */
export function checkPlannedTexts({ value, issues }: z.core.ParsePayload<{ plan: Plan; policy: Policy }>): void {
  const hasForm = value.plan.formId !== null || isSpokenFor(value.plan);
  for (const { path, text, rule } of textProblems(value, hasForm))
    issues.push({ code: 'custom', path: [...path], input: text, message: rule });
}

/** An agent may bring the form along (S1-40): whether it does is known where agents are. */
export function isSpokenFor({ agentId }: Pick<Plan, 'agentId'>): boolean {
  return typeof agentId === 'string';
}

export interface TextProblem extends PlannedText {
  readonly rule: string;
}

/** What is wrong with the texts of a campaign that has, or has not, a form. */
export function textProblems(
  { plan, policy }: { readonly plan: Plan; readonly policy: Policy },
  hasForm: boolean,
): TextProblem[] {
  return [...textsOfPlan(plan), ...textsOfRules(policy)].flatMap((planned) => {
    const rule = problemOf(planned.text, hasForm);
    return rule === null ? [] : [{ ...planned, rule }];
  });
}

function problemOf(text: string, hasForm: boolean): string | null {
  try {
    const variables = variablesOf(parseTemplate(text));
    const unknown = variables.find((name) => !KNOWN_VARIABLES.has(name) && !name.startsWith(CONTACT_ROOT));
    if (unknown !== undefined)
      return `the variable "${unknown}" is not known; known are contact.* and ${[...KNOWN_VARIABLES].join(', ')}`;
    return variables.includes('form.link') && !hasForm ? 'form.link needs a form attached to the campaign' : null;
  } catch (error) {
    // Proof: parseTemplate throws nothing else.
    return (error as DomainError).message;
  }
}

function textsOfPlan(plan: Plan): PlannedText[] {
  return plan.runs.flatMap((run, runAt) => {
    const at = (...rest: (string | number)[]) => ['plan', 'runs', runAt, ...rest];
    const texts: PlannedText[] = run.messages.flatMap((message, ix) => {
      const body = { path: at('messages', ix, 'text'), text: message.text };
      return message.channel === 'email'
        ? [body, { path: at('messages', ix, 'subject'), text: message.subject }]
        : [body];
    });
    if (run.calls === undefined) return texts;
    texts.push({ path: at('calls', 'greeting'), text: run.calls.greeting });
    if (run.calls.voicemail.kind === 'leave_text')
      texts.push({ path: at('calls', 'voicemail', 'text'), text: run.calls.voicemail.text });
    return texts;
  });
}

function textsOfRules(policy: Policy): PlannedText[] {
  return policy.rules.flatMap((rule, ruleAt) => {
    const texts: PlannedText[] = [];
    rule.then.forEach((action, ix) => {
      if (action.kind === 'crm_note')
        texts.push({ path: ['policy', 'rules', ruleAt, 'then', ix, 'text'], text: action.text });
    });
    if (rule.note !== null) texts.push({ path: ['policy', 'rules', ruleAt, 'note'], text: rule.note });
    return texts;
  });
}
