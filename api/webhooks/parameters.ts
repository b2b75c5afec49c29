import { storableText } from '../../db/storable';

/** The fields of a form-encoded webhook, each once and without what the database can't keep. */
export type Parameters = Readonly<Record<string, string>>;

/** A field that stands twice counts for nothing: none of the provider's does. */
export function parametersOf(body: unknown): Parameters {
  if (typeof body !== 'object' || body === null) return {};
  const texts = Object.entries(body).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, storableText(value)]] : [],
  );
  return Object.fromEntries(texts);
}
