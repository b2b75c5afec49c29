import type { CrmListing } from '../../domain/crm-mapping';
import type { StatusField } from '../../domain/crm-status';

/** What the effects need of the outside world. One file per provider implements one of these; nothing else knows a provider's words. */

/** Nothing left the machine, or the provider said that it did nothing. */
export interface NotSent {
  readonly kind: 'not_sent';
  /** One of our own reason codes, see `provider-errors.ts`. */
  readonly reason: string;
  readonly code?: string;
  /** Real milliseconds to leave the provider alone before a new try; absent = the touch may be tried again at once when planned anew. */
  readonly retryAfterMs?: number;
  /** What the failure says about the address or the account. */
  readonly verdict: 'retry' | 'address_invalid' | 'opted_out' | 'configuration' | 'final';
}

export interface Accepted {
  readonly kind: 'accepted';
  readonly sid: string;
}

/** Bytes left and no trustworthy answer came: the provider may have accepted it. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
  readonly code?: string;
}

export type SendResult = Accepted | NotSent | Unknown;

/** Thrown away before the first byte when it is already past `postByMs` (epoch, real time). */
export interface Guard {
  readonly postByMs: number;
}

export interface CallRequest extends Guard {
  readonly attemptId: string;
  readonly from: string;
  readonly to: string;
  readonly answerUrl: string;
  readonly statusUrl: string;
  readonly machineUrl: string;
  readonly ringSeconds: number;
  /** A machine is to be told of when its greeting is over, and not as soon as it is known: there is a message to leave. */
  readonly leavesMessage: boolean;
}

export interface SmsRequest extends Guard {
  readonly attemptId: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Null = nobody wants to know what becomes of it. */
  readonly statusUrl: string | null;
  /** Seconds the provider may hold it: never past the end of the opening. */
  readonly validitySeconds: number;
}

export interface FoundResource {
  readonly sid: string;
  readonly status: string;
  readonly createdMs: number;
  readonly answeredBy?: string;
  readonly durationSeconds?: number;
  readonly errorCode?: string;
}

export interface VoiceProvider {
  placeCall(request: CallRequest): Promise<SendResult>;
  /** Calls between two numbers created at or after the instant; throws when the provider can't be asked. */
  findCalls(query: { from: string; to: string; sinceMs: number }): Promise<readonly FoundResource[]>;
  getCall(sid: string): Promise<FoundResource | null>;
  /** Cancels a call that is still queued or ringing; a call in progress is let be. */
  cancelCall(sid: string): Promise<void>;
}

export interface SmsProvider {
  sendSms(request: SmsRequest): Promise<SendResult>;
  findSms(query: { from: string; to: string; sinceMs: number }): Promise<readonly FoundResource[]>;
  getSms(sid: string): Promise<FoundResource | null>;
}

/** What a provider keeps of a person and can be asked to delete; what it does not have (any more) is no error. */
export interface ProviderRecords {
  /** Throws while the call goes on. Answers how many recordings went with it. */
  deleteCall(sid: string): Promise<{ readonly recordings: number }>;
  /** Throws while the text is under way. */
  deleteSms(sid: string): Promise<void>;
}

/** A call or text as the provider's own books have it, whoever ordered it. */
export interface ListedResource extends FoundResource {
  readonly from: string;
  readonly to: string;
  /** `out` = asked for over the API; `other` = what followed by itself, such as the provider's answer to a "stop". */
  readonly direction: 'out' | 'in' | 'other';
  /** What a text says. */
  readonly text?: string;
}

/** The provider's books, for whoever has lost his own. Both throw when the provider can't be asked. */
export interface ProviderBooks {
  /** Everything created at or after the instant, oldest first. */
  listCalls(sinceMs: number): Promise<readonly ListedResource[]>;
  listTexts(sinceMs: number): Promise<readonly ListedResource[]>;
}

export interface MailRequest extends Guard {
  readonly attemptId: string;
  readonly from: string;
  /** Shown beside the sender's address. */
  readonly fromName?: string;
  readonly to: string;
  readonly replyTo: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Stable over tries of the same attempt. */
  readonly messageId: string;
  /** Null in mail to the team itself, which nobody leaves. */
  readonly unsubscribeUrl: string | null;
  readonly unsubscribeMail: string | null;
  readonly attachment?: MailAttachment;
}

export interface MailAttachment {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

export interface MailProvider {
  sendMail(request: MailRequest): Promise<SendResult>;
}

export interface CrmCase {
  readonly externalId: string;
}

/** Which field of the CRM a status is written into (S0-50). */
export interface StatusPlace {
  readonly field: StatusField;
  /** The type of a substatus. */
  readonly group: string | null;
}

export const STATUS_OF_CASE: StatusPlace = { field: 'status', group: null };

/** The statuses of one case as the CRM has them now. */
export interface CaseStatuses {
  readonly status: string | null;
  readonly substatuses: readonly { readonly group: string | null; readonly value: string }[];
}

/** Effects at a CRM throw `CrmError`; whoever runs them decides whether to try again. */
export interface Crm {
  readonly name: string;
  setStatus(target: CrmCase, status: string, marker: string, place?: StatusPlace): Promise<void>;
  /**
   * A note that was written before an answer got lost is not written again: unless `sentBefore` is false, the CRM is asked
   * for the marker first. `type` = one of the CRM's types of note; null = its own default.
   */
  postNote(target: CrmCase, text: string, marker: string, sentBefore?: boolean, type?: string | null): Promise<void>;
  /** Writes values into fields, by name; may be done twice. Absent = it has no such thing. */
  setFields?(target: CrmCase, values: Readonly<Record<string, string>>, marker: string): Promise<void>;
  /** Everything that it lists of itself; absent = it has no lists. */
  list?(): Promise<CrmListing>;
  /** Absent = it can't be asked. Null = there is no such case. */
  readStatus?(target: CrmCase): Promise<CaseStatuses | null>;
  /** Asks something harmless, to see if it answers and lets us in. */
  check(): Promise<void>;
}

/**
 * `failed` alone may have been done nevertheless; `configuration` = no request of this connection can succeed as it is set up;
 * `not_supported` = this CRM has no such thing.
 */
export type CrmErrorCode =
  | 'unreachable'
  | 'rate_limited'
  | 'credentials'
  | 'configuration'
  | 'unknown_case'
  | 'not_supported'
  | 'refused'
  | 'failed';

export class CrmError extends Error {
  override readonly name = 'CrmError';
  constructor(
    readonly code: CrmErrorCode,
    readonly final: boolean,
    readonly retryAfterMs: number | null,
    options?: ErrorOptions,
  ) {
    super(`the CRM answered: ${code}`, options);
  }
}
