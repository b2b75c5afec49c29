import { validateRequest } from 'twilio/lib/webhooks/webhooks';

export interface SignedRequest {
  /** The one in force and, while it is being changed, the other. */
  readonly authTokens: readonly string[];
  /** The configured one. `Host` and `X-Forwarded-*` are the sender's words, and a forger's too. */
  readonly publicUrl: string;
  /** Path and query exactly as they came. */
  readonly path: string;
  /** The form exactly as it came: nothing trimmed, nothing dropped. */
  readonly params: Readonly<Record<string, string | readonly string[]>>;
  readonly signature: string | undefined;
}

/** Whether Twilio sent this, by its own validator (T1). Says nothing of when: a true request may be a repeated one (T2). */
export function verifyTwilio({ authTokens, publicUrl, path, params, signature }: SignedRequest): boolean {
  if (signature === undefined || signature === '' || !path.startsWith('/')) return false;
  const url = publicUrl.replace(/\/+$/, '') + path;
  // A token that is not set must not become a key that everybody knows.
  return authTokens.some((token) => token !== '' && validateRequest(token, signature, url, params));
}
