import { escapeHtml } from '../../domain/template';

const RULE = '-'.repeat(40);
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
/** Contrast of the ink is above 7:1 on its ground, so that it can be read by everybody (WCAG AAA). */
const STYLE = {
  page: 'margin:0;padding:24px 12px;background-color:#f3f4f6',
  card: 'margin:0 auto;width:100%;max-width:600px;background-color:#ffffff;border-radius:8px',
  body: `padding:32px;${FONT};font-size:16px;line-height:1.6;color:#1f2937`,
  footer: `padding:20px 32px;border-top:1px solid #d1d5db;${FONT};font-size:13px;line-height:1.6;color:#374151`,
  paragraph: 'margin:0 0 16px',
  last: 'margin:0',
  link: 'color:#1e40af;text-decoration:underline',
};
/** Ends before the punctuation of the sentence that the address stands in. */
const WEB_ADDRESS = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}])/;
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;

export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly companyName: string;
  readonly companyAddress: string;
  readonly unsubscribeUrl: string;
  /** BCP 47; tells a screen reader how to pronounce it. */
  readonly language?: string;
}

interface MailBodies {
  readonly text: string;
  readonly html: string;
}

/** Every mail says who sends it, where they sit and how to leave (CAN-SPAM), in both of its bodies. */
export function mailLayout(content: MailContent): MailBodies {
  const text = withUnixLines(content.text).trim();
  return { text: plainMail({ ...content, text }), html: htmlMail({ ...content, text }) };
}

function plainMail({ text, companyName, companyAddress, unsubscribeUrl }: MailContent): string {
  const footer = [RULE, companyName, withUnixLines(companyAddress), `Unsubscribe: ${unsubscribeUrl}`];
  return `${text}\n\n${footer.join('\n')}\n`;
}

/** A table, because there are mail programs that know no other way to keep a column narrow; read aloud it is none. */
function htmlMail({ subject, text, companyName, companyAddress, unsubscribeUrl, language = '' }: MailContent): string {
  const lang = LANGUAGE.test(language) ? ` lang="${language}"` : '';
  return [
    '<!doctype html>',
    `<html${lang}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeHtml(subject)}</title></head>`,
    `<body style="${STYLE.page}">`,
    `<table role="presentation" align="center" cellpadding="0" cellspacing="0" border="0" style="${STYLE.card}">`,
    `<tr><td style="${STYLE.body}">${paragraphsOf(text)}</td></tr>`,
    `<tr><td style="${STYLE.footer}">`,
    `<p style="${STYLE.last}">${escapeHtml(companyName)}<br>${brokenLines(companyAddress)}</p>`,
    `<p style="${STYLE.last}">${link(unsubscribeUrl, 'Unsubscribe')}</p>`,
    '</td></tr></table></body></html>',
    '',
  ].join('\n');
}

function paragraphsOf(text: string): string {
  return text
    .split(/\n[^\S\n]*\n\s*/)
    .map((paragraph) => `<p style="${STYLE.paragraph}">${linked(paragraph)}</p>`)
    .join('\n');
}

/** Web addresses and what stands between them are escaped one by one: nothing is looked for in what is already HTML. */
function linked(text: string): string {
  const pieces = text.split(WEB_ADDRESS);
  return pieces.map((piece, nth) => (nth % 2 === 1 ? link(piece, piece) : brokenLines(piece))).join('');
}

function link(url: string, words: string): string {
  return `<a href="${escapeHtml(url)}" style="${STYLE.link}">${escapeHtml(words)}</a>`;
}

function brokenLines(text: string): string {
  return escapeHtml(withUnixLines(text)).replaceAll('\n', '<br>\n');
}

function withUnixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '');
}
