import type { TemplateChannel, Variant } from '../domain/message-template';
import { type SmsSegments, segmentsOf, segmentWarning } from '../domain/sms-segments';
import { parseTemplate, render, type TemplateValues } from '../domain/template';
import { languageAmong } from '../domain/wording';
import { valuesOf } from './content';
import type { Reader } from './reader';

export interface Preview {
  /** Of the variant that the person gets. */
  readonly language: string;
  /** Null = something is missing. */
  readonly subject: string | null;
  readonly text: string | null;
  /** Variables that have neither value nor default: such a message is not sent. */
  readonly missing: readonly string[];
  readonly sms: SmsSegments | null;
  readonly warning: string | null;
}

/** The words as this person gets them; links lead nowhere, for they belong to nobody. */
export function previewTemplate(
  { channel, variants }: { readonly channel: TemplateChannel; readonly variants: readonly Variant[] },
  reader: Reader,
  { language, publicUrl }: { readonly language: string; readonly publicUrl: string },
): Preview {
  const values = valuesOf(reader, linksToNowhere(publicUrl));
  const { subject: subjectWords, text: words, language: used } = variantFor(variants, language);
  const subject = subjectWords === null ? null : renderedOf(subjectWords, values);
  const text = renderedOf(words, values);
  const sms = channel === 'sms' && text.text !== null ? segmentsOf(text.text) : null;
  return {
    language: used,
    subject: subject?.text ?? null,
    text: text.text,
    missing: [...new Set([...(subject?.missing ?? []), ...text.missing])],
    sms,
    warning: sms === null ? null : segmentWarning(sms),
  };
}

export function variantFor(variants: readonly Variant[], language: string): Variant {
  const best = languageAmong(
    variants.map((variant) => variant.language),
    language,
  );
  const variant = variants.find((each) => each.language === best) ?? variants[0];
  if (variant === undefined) throw new RangeError('a template has at least one variant');
  return variant;
}

/** In previews and tests: complete, and nobody's. */
export function linksToNowhere(publicUrl: string) {
  return { form: `${publicUrl}/f/test`, unsubscribe: `${publicUrl}/u/test` };
}

function renderedOf(words: string, values: TemplateValues): { text: string | null; missing: readonly string[] } {
  const filled = render(parseTemplate(words), values);
  return filled.ok ? { text: filled.text, missing: [] } : { text: null, missing: filled.missing };
}
