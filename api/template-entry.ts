import { attributesOfContacts } from '../db/contact-fields';
import type { Sql } from '../db/client';
import type { Template, TemplateVersion } from '../db/template';
import { attributeOf } from '../domain/merge-tag';
import {
  type TemplateChannel,
  usualSegments,
  type Variant,
  variablesIn,
  variantProblems,
  VariantsSchema,
} from '../domain/message-template';
import { toDocument } from './document';
import { ApiError } from './errors';
import { storable } from './text';

export const VariantsInputSchema = storable(VariantsSchema);

/** Refuses words that could not be sent: broken tags, and tags that nothing fills. */
export async function requireSendable(sql: Sql, channel: TemplateChannel, variants: readonly Variant[]): Promise<void> {
  const names = variablesIn(variants).flatMap((path) => attributeOf(path) ?? []);
  const attributes = names.length === 0 ? [] : await attributesOfContacts(sql, names);
  const problems = variantProblems(channel, variants, attributes);
  if (problems.length === 0) return;
  const faults = problems.map(({ at, ...problem }) => ({ ...problem, pointer: `#/variants${at}` }));
  throw new ApiError('invalid_body', faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), faults);
}

export function templateDocument({ seq: _, variants, ...template }: Template): Record<string, unknown> {
  return { ...(toDocument(template) as Record<string, unknown>), variants: variants.map(measured(template.channel)) };
}

export function versionDocument(channel: TemplateChannel, { variants, ...version }: TemplateVersion): unknown {
  return { ...(toDocument(version) as Record<string, unknown>), variants: variants.map(measured(channel)) };
}

function measured(channel: TemplateChannel) {
  return (variant: Variant) => {
    if (channel === 'email') return { ...variant, sms: null, warning: null };
    const { size, warning } = usualSegments(variant.text);
    return { ...variant, sms: size, warning };
  };
}
