import express, { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { type Answer, answerUnder, type FaultWords, isExecuted } from './fault-answer';
import type { Operation } from './fault-rule';
import type { LedgerEntry, LedgerKind } from './ledger-entry';
import type { World } from './world';

export interface Lead {
  status: string;
  substatus?: string;
  readonly notes: { readonly rt: number; readonly text: string }[];
  /** A firm's own fields by their API names. */
  fields?: Record<string, string>;
}

export interface LawRuler {
  readonly router: Router;
  leads(): Readonly<Record<string, Lead>>;
  /** Somebody at the firm sets a status, and the webhook that the firm has set up tells of it; answers what it was told. */
  setByHand(change: StaffChange): Promise<number>;
  /** These ids are unknown from now on. */
  forget(ids: readonly string[]): void;
  clear(): void;
}

export const StaffChangeSchema = z.strictObject({
  leadId: z.string(),
  status: z.string(),
  substatus: z.string().optional(),
  /** The address that the firm has typed into its webhook; its names of fields are an assumption. */
  webhookUrl: z.url(),
});
type StaffChange = z.infer<typeof StaffChangeSchema>;

const CUSTOM = /^custom\d+$/i;

const FormSchema = z.looseObject({
  Key: z.string().default(''),
  LeadID: z.string().default(''),
  Operation: z.string().optional(),
  Status: z.string().optional(),
  SubStatus: z.string().optional(),
  Conversation: z.string().optional(),
  overridelead: z.string().optional(),
  ReturnJSON: z.string().optional(),
});
type LawRulerForm = z.infer<typeof FormSchema>;

const MOST_NOTES = 50;

/**
 * LawRuler's one endpoint, `POST /lawruler/<firm>/api-legalcrmapp.aspx`, as far as a status, a note and a look-up go:
 * a URL-encoded form with the key in it, HTTP 200 also for an error, and a note for each request however often it is
 * sent. Field names are the provider's; what stands inside an answer is this stand-in's own assumption.
 */
export function createLawRuler({ settings, background, ledger, faults }: World): LawRuler {
  const leads = new Map<string, Lead>();
  const unknown = new Set<string>();
  for (const entry of ledger.entries({ channel: 'crm' })) restore(leads, entry);

  async function answer(request: Request, response: Response): Promise<void> {
    const form = FormSchema.parse(request.body ?? {});
    const operation = operationOf(form);
    const fault = await faults.drawRequest({ channel: 'crm', operation, to: form.LeadID });
    const isDone = fault === null || isExecuted(fault);
    const refusal = refusalOf(form);
    await write(form, operation, isDone && refusal === null, {
      refusal,
      fault: fault?.mode ?? null,
      firm: request.params['firm'],
    });
    const execute = async (): Promise<Answer> =>
      inWords(form, refusal === null ? execution(form, operation) : failure(refusal));
    await answerUnder(fault, response, wordsFor(form), execute, background.signal);
  }

  function refusalOf(form: LawRulerForm): string | null {
    if (form.Key !== settings.lawRulerKey) return 'invalid_api_key';
    if (!/^[L\d]/.test(form.LeadID) || unknown.has(form.LeadID)) return 'not_found';
    const isUpdate = form.Operation === undefined;
    const isEmpty =
      form.Status === undefined &&
      form.SubStatus === undefined &&
      form.Conversation === undefined &&
      Object.keys(customOf(form)).length === 0;
    if (isUpdate && isEmpty) return 'validation_error';
    // Without it LawRuler would make a new lead.
    return isUpdate && form.overridelead !== 'true' ? 'duplicate_record' : null;
  }

  async function write(
    form: LawRulerForm,
    operation: Operation,
    accepted: boolean,
    more: Record<string, unknown>,
  ): Promise<void> {
    const about = { channel: 'crm', to: form.LeadID, accepted } as const;
    const { Status, SubStatus, Conversation } = form;
    const kinds: [LedgerKind, string | undefined, Record<string, unknown>][] = [];
    if (operation === 'lookup') kinds.push(['crm_lookup', form.Operation, {}]);
    if (operation !== 'lookup' && Status !== undefined) kinds.push(['crm_status', Status, {}]);
    if (operation !== 'lookup' && SubStatus !== undefined)
      kinds.push(['crm_status', SubStatus, { field: 'substatus' }]);
    if (operation !== 'lookup' && Conversation !== undefined)
      kinds.push(['crm_note', undefined, { text: Conversation }]);
    for (const [field, value] of Object.entries(customOf(form))) kinds.push(['crm_field', undefined, { field, value }]);
    for (const [kind, status, detail] of kinds)
      await ledger.record({ ...about, kind, status, detail: { ...detail, ...more } });
  }

  function execution(form: LawRulerForm, operation: Operation): Record<string, unknown> {
    const lead = leadOf(leads, form.LeadID);
    if (operation === 'lookup') return found(form, lead);
    if (form.Status !== undefined) lead.status = form.Status;
    if (form.SubStatus !== undefined) lead.substatus = form.SubStatus;
    const custom = customOf(form);
    if (Object.keys(custom).length > 0) lead.fields = { ...lead.fields, ...custom };
    if (form.Conversation !== undefined) lead.notes.push({ rt: Date.now(), text: form.Conversation });
    return { success: true, LeadID: form.LeadID };
  }

  const router = Router();
  router.post('/:firm/api-legalcrmapp.aspx', express.urlencoded({ extended: false }), answer);
  return {
    router,
    leads: () => Object.fromEntries(leads),
    async setByHand({ leadId, status, substatus, webhookUrl }) {
      const lead = leadOf(leads, leadId);
      lead.status = status;
      if (substatus !== undefined) lead.substatus = substatus;
      const told = { LeadID: leadId, Status: status, SubStatus: substatus ?? '', CaseType: 'Injury' };
      const { status: answer } = await fetch(webhookUrl, { method: 'POST', body: new URLSearchParams(told) });
      return answer;
    },
    forget: (ids) => ids.forEach((id) => unknown.add(id)),
    clear() {
      leads.clear();
      unknown.clear();
    },
  };
}

function customOf(form: LawRulerForm): Record<string, string> {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, value]): [string, string][] =>
      CUSTOM.test(name) && typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}

function operationOf(form: LawRulerForm): Operation {
  if (form.Operation !== undefined) return 'lookup';
  return form.Conversation === undefined ? 'status' : 'note';
}

function leadOf(leads: Map<string, Lead>, id: string): Lead {
  const lead = leads.get(id) ?? { status: 'New Lead', notes: [] };
  leads.set(id, lead);
  return lead;
}

/** GetStatus is LawRuler's; GetConversations is an assumption, so that a marker can be looked for before a retry. */
function found(form: LawRulerForm, lead: Lead): Record<string, unknown> {
  if (form.Operation === 'GetStatus')
    return { success: true, LeadID: form.LeadID, Status: lead.status, SubStatus: lead.substatus ?? '' };
  if (form.Operation === 'GetConversations') {
    const recent = lead.notes
      .slice(-MOST_NOTES)
      .map((note) => ({ Date: new Date(note.rt).toISOString(), Text: note.text }));
    return { success: true, LeadID: form.LeadID, Conversations: recent };
  }
  return failure('invalid_request');
}

function failure(reason: string): Record<string, unknown> {
  return { success: false, error: reason };
}

function wordsFor(form: LawRulerForm): FaultWords {
  return {
    tooManyRequests: (seconds) => ({
      ...inWords(form, failure('rate_limited')),
      status: 429,
      headers: { 'retry-after': String(seconds) },
    }),
    failed: (status) => ({ status, body: '<html><body>Server Error</body></html>', contentType: 'text/html' }),
    errorInside: () => inWords(form, failure('internal_error')),
  };
}

/** JSON only for those who ask for it. */
function inWords(form: LawRulerForm, body: Record<string, unknown>): Answer {
  if (form.ReturnJSON?.toLowerCase() === 'true') return { status: 200, body };
  const fields = Object.entries(body).map(([name, value]) => `<${name}>${escaped(JSON.stringify(value))}</${name}>`);
  return { status: 200, body: `<Response>${fields.join('')}</Response>`, contentType: 'text/xml' };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function restore(leads: Map<string, Lead>, { kind, to, accepted, status, rt, detail }: LedgerEntry): void {
  if (accepted !== true || to === undefined || detail['crm'] !== undefined) return;
  if (kind === 'crm_status' && status !== undefined) {
    const lead = leadOf(leads, to);
    if (detail['field'] === 'substatus') lead.substatus = status;
    else lead.status = status;
  }
  if (kind === 'crm_note') leadOf(leads, to).notes.push({ rt, text: String(detail['text']) });
}
