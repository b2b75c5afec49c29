import * as z from 'zod';

/** What happens to the callbacks of one call, text or inbound message; drawn once for each of them. */
export const CALLBACK_MODES = ['duplicate_callbacks', 'drop_callbacks', 'late_callbacks', 'shuffle_callbacks'] as const;

export const CALLBACK_OPTIONS = {
  /** Each callback so many times; two for `duplicate_callbacks` and one for the others if absent. */
  copies: z.int().min(1).max(20).optional(),
  /** Real time before a callback; a second for `late_callbacks` that name no other delay. */
  delayMs: z.int().min(0).optional(),
  /** Business time before a callback, after the call or message may be long over. */
  delaySeconds: z.number().min(0).optional(),
  /** Only these callback events (`initiated`, `completed`, `delivered`, `machine` …). */
  events: z.array(z.string()).min(1).optional(),
  /** `shuffle_callbacks`: these first and in this order, whatever is left after them; by chance if absent. */
  order: z.array(z.string()).min(1).optional(),
  /** `drop_callbacks` of a call: the answer URL isn't fetched either, the call ends without a word. */
  answerUrlToo: z.boolean().default(false),
} as const;

export const CallbackMannerSchema = z.strictObject({
  mode: z.enum(CALLBACK_MODES),
  options: z.strictObject(CALLBACK_OPTIONS).prefault({}),
});
export type CallbackManner = z.infer<typeof CallbackMannerSchema>;

/** What `mode` and options of a fault rule say of callbacks; null if it speaks of something else. */
export function callbackMannerOf(
  rule: { readonly mode: string; readonly options: CallbackManner['options'] } | null,
): CallbackManner | null {
  const mode = CALLBACK_MODES.find((name) => name === rule?.mode);
  return rule === null || mode === undefined ? null : { mode, options: rule.options };
}
