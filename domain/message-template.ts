import * as z from 'zod';
import type { DomainError } from './errors';
import { attributeField, CONTACT_FIELDS, sayUnknown, unknownTags } from './merge-tag';
import { type SmsSegments, segmentsOf, segmentWarning } from './sms-segments';
import { filledWith, parseTemplate, variablesOf } from './template';
import { LanguageSchema } from './wording';

/** U-10: the words of a message that many campaigns share, once for each language. */

export const TemplateChannelSchema = z.enum(['sms', 'email']);
export type TemplateChannel = z.infer<typeof TemplateChannelSchema>;

const LONGEST_SMS = 1_600;
const LONGEST_MAIL = 50_000;

const VariantSchema = z.strictObject({
  language: LanguageSchema,
  subject: z.string().trim().min(1).max(200).nullable().default(null),
  text: z.string().trim().min(1).max(LONGEST_MAIL),
});
export type Variant = z.infer<typeof VariantSchema>;

/** The first is for everybody whose language none of them has. */
export const VariantsSchema = z.array(VariantSchema).min(1).max(20);

export interface VariantProblem {
  /** JSON pointer below the variants. */
  readonly at: string;
  readonly detail: string;
  readonly value?: unknown;
}

/** Everything that is wrong with the variants; `attributes` are those that contacts have. */
export function variantProblems(
  channel: TemplateChannel,
  variants: readonly Variant[],
  attributes: readonly string[],
): VariantProblem[] {
  const fields = [...CONTACT_FIELDS, ...attributes.map(attributeField)];
  return variants.flatMap((variant, at) => {
    const problems = wordProblems(channel, variant, fields).map((found) => ({ ...found, at: `/${at}/${found.at}` }));
    if (variants.findIndex(({ language }) => language === variant.language) < at)
      problems.push({
        at: `/${at}/language`,
        detail: 'stands twice: one language, one variant',
        value: variant.language,
      });
    return problems;
  });
}

function wordProblems(channel: TemplateChannel, variant: Variant, fields: readonly string[]): VariantProblem[] {
  const { subject, text } = variant;
  const problems = textProblems('text', text, fields);
  if (channel === 'sms' && text.length > LONGEST_SMS)
    problems.push({
      at: 'text',
      detail: `must be at most ${LONGEST_SMS} characters, as a text is`,
      value: text.length,
    });
  if (channel === 'sms' && subject !== null)
    problems.push({ at: 'subject', detail: 'must be left out: a text has none', value: subject });
  if (channel === 'email' && subject === null)
    problems.push({ at: 'subject', detail: 'must be there: a mail has one' });
  return subject === null ? problems : [...problems, ...textProblems('subject', subject, fields)];
}

function textProblems(at: string, text: string, fields: readonly string[]): VariantProblem[] {
  try {
    return unknownTags(parseTemplate(text), fields).map((tag) => ({ at, detail: sayUnknown(tag), value: tag.path }));
  } catch (error) {
    // Proof: parseTemplate throws nothing else.
    return [{ at, detail: (error as DomainError).message }];
  }
}

/** Every variable of the variants, each once. */
export function variablesIn(variants: readonly Variant[]): string[] {
  const texts = variants.flatMap(({ subject, text }) => (subject === null ? [text] : [subject, text]));
  return [...new Set(texts.flatMap(wellFormedVariables))];
}

function wellFormedVariables(text: string): readonly string[] {
  try {
    return variablesOf(parseTemplate(text));
  } catch {
    return [];
  }
}

/** The words of a planned message (`plan.ts`), as they are frozen into it. */
export interface PlannedWords {
  readonly text: string;
  readonly subject?: string;
  readonly translations?: Readonly<Record<string, { readonly text: string; readonly subject?: string }>>;
}

export function plannedWords(variants: readonly Variant[]): PlannedWords {
  const [first, ...others] = variants.map(({ language, subject, text }) => ({
    language,
    words: { text, ...(subject === null ? {} : { subject }) },
  }));
  if (first === undefined) throw new RangeError('a template has at least one variant');
  if (others.length === 0) return first.words;
  return { ...first.words, translations: Object.fromEntries(others.map(({ language, words }) => [language, words])) };
}

/** About as long as what will stand there: names are short, links are not. */
const SAMPLE_WORD = 'x'.repeat(12);
const SAMPLE_LINK = `https://example.com/${'x'.repeat(50)}`;

/** How a text comes out with values of usual length; whoever it is sent to has others. */
export function usualSegments(text: string): { readonly size: SmsSegments; readonly warning: string | null } {
  const size = segmentsOf(
    filledWith(parseTemplate(text), (path) => (path.endsWith('.link') ? SAMPLE_LINK : SAMPLE_WORD)),
  );
  return { size, warning: segmentWarning(size) };
}
