import type { Contact } from '../db/contact';
import { toDocument } from './document';

/** A person's own attributes keep their form, whatever they are called. */
export function contactDocument({ attributes, ...contact }: Contact): unknown {
  return { ...(toDocument(contact) as Record<string, unknown>), attributes };
}
