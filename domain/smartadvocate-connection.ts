import * as z from 'zod';

/**
 * How SmartAdvocate's CaseSync is reached. Users/authenticate, case/CaseInfo and case/notes/byCaseNumber are seen in public
 * code; every other path is an assumption of ours, and all of them can be set.
 */

const address = z
  .string()
  .max(500)
  .regex(
    /^https?:\/\/[^/?#@\s\\]+(?:\/[^?#\s\\]*)?$/,
    'must be an http or https address without user, query and fragment',
  );

/** Below the base address; `{case}` is the number of the case, `{id}` CaseSync's own id of it. */
const path = z
  .string()
  .max(300)
  .regex(/^\/(?:[^/#\s\\][^#\s\\]*)?$/, 'must begin with one / and have neither spaces nor # nor \\')
  .refine(
    (text) => text.replaceAll(/\{(?:case|id)\}/g, '').search(/[{}]/) < 0,
    'must have no other variables than {case} and {id}',
  );

const MethodSchema = z.enum(['POST', 'PUT', 'PATCH']);

export const SmartAdvocateSettingsSchema = z.strictObject({
  baseUrl: address.default('https://app.smartadvocate.com'),
  paths: z
    .strictObject({
      authenticate: path.default('/CaseSyncAPI/Users/authenticate'),
      caseInfo: path.default('/CaseSyncAPI/case/CaseInfo?Casenumber={case}'),
      notes: path.default('/CaseSyncAPI/case/notes/byCaseNumber?CaseNumber={case}'),
      addNote: path.default('/CaseSyncAPI/case/{id}/notes'),
      setStatus: path.default('/CaseSyncAPI/case/{id}/status'),
      setSecondStatus: path.default('/CaseSyncAPI/case/{id}/secondStatuses'),
      setField: path.default('/CaseSyncAPI/case/{id}/userDefinedFields'),
      statuses: path.default('/CaseSyncAPI/case/CaseStatuses'),
      secondStatuses: path.default('/CaseSyncAPI/case/SecondStatuses'),
      noteTypes: path.default('/CaseSyncAPI/case/NoteTypes'),
    })
    .prefault({}),
  /** By which method a status, a substatus or a field is written. */
  statusMethod: MethodSchema.default('PUT'),
  timeoutSeconds: z.int().min(1).max(20).default(10),
});
export type SmartAdvocateSettings = z.output<typeof SmartAdvocateSettingsSchema>;

const secret = z
  .string()
  .min(1)
  .max(4_000)
  .regex(/^[\x20-\x7e]+$/, 'must be one line of plain ASCII');

export const SmartAdvocateCredentialsSchema = z.strictObject({ username: secret, password: secret });
