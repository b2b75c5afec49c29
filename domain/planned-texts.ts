import type * as z from 'zod';
import type { DomainError } from './errors';
import type { Plan } from './plan';
import type { Policy } from './policy';
import { COMMON_FIELDS, sayUnknown, unknownTags } from './merge-tag';
import { parseTemplate, variablesOf } from './template';

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
    const template = parseTemplate(text);
    const [unknown] = unknownTags(template, null);
    if (unknown !== undefined) return `${sayUnknown(unknown)}; known are contact.* and ${COMMON_FIELDS.join(', ')}`;
    const needsForm = variablesOf(template).includes('form.link');
    return needsForm && !hasForm ? 'form.link needs a form attached to the campaign' : null;
  } catch (error) {
    // Proof: parseTemplate throws nothing else.
    return (error as DomainError).message;
  }
}

function textsOfPlan(plan: Plan): PlannedText[] {
  return plan.runs.flatMap((run, runAt) => {
    const at = (...rest: (string | number)[]) => ['plan', 'runs', runAt, ...rest];
    const texts: PlannedText[] = run.messages.flatMap((message, ix) => {
      const own = wordsAt(at('messages', ix), message);
      const others = Object.entries(message.translations ?? {});
      return [
        ...own,
        ...others.flatMap(([language, words]) => wordsAt(at('messages', ix, 'translations', language), words)),
      ];
    });
    if (run.calls === undefined) return texts;
    texts.push({ path: at('calls', 'greeting'), text: run.calls.greeting });
    if (run.calls.voicemail.kind === 'leave_text')
      texts.push({ path: at('calls', 'voicemail', 'text'), text: run.calls.voicemail.text });
    return texts;
  });
}

function wordsAt(
  path: readonly (string | number)[],
  words: { readonly text: string; readonly subject?: string },
): PlannedText[] {
  const body = { path: [...path, 'text'], text: words.text };
  return words.subject === undefined ? [body] : [body, { path: [...path, 'subject'], text: words.subject }];
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
