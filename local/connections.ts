import type { Config } from '../config';

/** Which real providers the environment connects, in words for whoever starts us. */
export function connections(config: Config): string[] {
  const providers = [
    ['Twilio', { TWILIO_ACCOUNT_SID: config.TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: config.TWILIO_AUTH_TOKEN }],
    ['SMTP', { SMTP_URL: config.SMTP_URL }],
    ['LawRuler', { LAWRULER_ENDPOINT: config.LAWRULER_ENDPOINT, LAWRULER_KEY: config.LAWRULER_KEY }],
  ] as const;
  const lines = providers.flatMap(([name, variables]) => connection(name, variables));
  const all = lines.length === 0 ? ['No provider is connected: nothing can be sent.'] : lines;
  const isUnreachable = /^https?:\/\/(127\.|localhost|\[::1\])/.test(config.PUBLIC_URL);
  return config.TWILIO_AUTH_TOKEN !== undefined && isUnreachable
    ? [
        ...all,
        `PUBLIC_URL is ${config.PUBLIC_URL}, where Twilio cannot reach us: no outcome and no reply will come in.`,
      ]
    : all;
}

/** Never a value: most are secrets. */
function connection(name: string, variables: Readonly<Record<string, unknown>>): string[] {
  const missing = Object.entries(variables).flatMap(([variable, value]) => (value === undefined ? [variable] : []));
  if (missing.length === Object.keys(variables).length) return [];
  return [missing.length === 0 ? `Connected: ${name}.` : `${name} is not connected: ${missing.join(', ')} is missing.`];
}
