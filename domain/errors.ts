/** Codes of everything the domain refuses. Callers branch on the code; the message is for people. */
export type DomainErrorCode =
  | 'bad_instant'
  | 'bad_date'
  | 'bad_clock'
  | 'unknown_zone'
  | 'bad_hours'
  | 'bad_phone'
  | 'bad_email_address'
  | 'bad_template'
  | 'template_too_long';

/** What an error may tell besides its code. Personal data never goes into `value` or the message: errors are logged. */
export interface DomainErrorDetail {
  readonly field?: string;
  readonly value?: string | number;
}

export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: DomainErrorCode;
  readonly field: string | undefined;
  readonly value: string | number | undefined;

  constructor(code: DomainErrorCode, message: string, detail: DomainErrorDetail = {}) {
    super(message);
    this.code = code;
    this.field = detail.field;
    this.value = detail.value;
  }
}
