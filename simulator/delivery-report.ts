import { randomUUID } from 'node:crypto';
import type { ReturnNotice } from './mail-manner';

export interface ReturnedMail {
  readonly to: string;
  /** The sender of the envelope, to whom returned mail goes. */
  readonly returnPath: string;
  /** As they were sent, in their order. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface DeliveryReport {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The mail that a mail server writes about another one (RFC 3464), with the headers of the mail that it returns. */
export function deliveryReport(mail: ReturnedMail, notice: ReturnNotice): DeliveryReport {
  const host = mail.to.slice(mail.to.lastIndexOf('@') + 1);
  const boundary = `report-${randomUUID()}`;
  const part = (type: string, lines: readonly string[]): string[] => [
    `--${boundary}`,
    `Content-Type: ${type}`,
    '',
    ...lines,
    '',
  ];
  return {
    from: `Mail Delivery System <MAILER-DAEMON@${host}>`,
    to: mail.returnPath,
    subject: notice.action === 'failed' ? 'Undelivered Mail Returned to Sender' : 'Delayed Mail (still being retried)',
    messageId: `<${randomUUID()}@${host}>`,
    headers: {
      'Return-Path': '<>',
      'Auto-Submitted': 'auto-replied',
      'Content-Type': `multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    },
    text: [
      ...part('text/plain; charset=us-ascii', [
        `This is the mail system at host ${host}.`,
        '',
        'Your message could not be delivered:',
        notice.reason,
      ]),
      ...part('message/delivery-status', [
        `Reporting-MTA: dns; mx.${host}`,
        '',
        `Final-Recipient: rfc822; ${mail.to}`,
        `Action: ${notice.action}`,
        `Status: ${notice.status}`,
        `Diagnostic-Code: smtp; ${notice.reason}`,
      ]),
      ...part(
        'text/rfc822-headers',
        mail.headers.map(({ name, value }) => `${name}: ${value}`),
      ),
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  };
}
