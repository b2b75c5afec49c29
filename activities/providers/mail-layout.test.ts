import fc from 'fast-check';
import { mailLayout, type MailContent } from './mail-layout';

const CONTENT: MailContent = {
  subject: 'Your case',
  text: 'Hello Asha,\n\nplease call us:\n+1 212 555 0123.\n\nYours\nExample & Partners',
  companyName: 'Example & Partners, LLP',
  companyAddress: '1 Example Street\nNew York, NY 10001',
  unsubscribeUrl: 'https://outreach.example.com/u/Zm9v?x=1&y=2',
};

interface Tag {
  readonly name: string;
  readonly attributes: string;
}

/** Tags and the text between them, as a browser takes them: every "<" and ">" that is meant as text is an entity. */
function readHtml(html: string): { readonly tags: Tag[]; readonly text: string } {
  const tags = [...html.matchAll(/<([!/]?[a-z0-9]+)([^<>]*)>/g)].map(([, name = '', attributes = '']) => ({
    name,
    attributes,
  }));
  const text = html
    .replace(/<br>\n?/g, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_entity, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
    );
  return { tags, text };
}

describe('both bodies of a mail', () => {
  it('say who sends it, where they sit and how to leave (CAN-SPAM, C15)', () => {
    const { text, html } = mailLayout(CONTENT);
    for (const body of [text, readHtml(html).text]) {
      expect(body).toContain('Example & Partners, LLP\n1 Example Street\nNew York, NY 10001');
      expect(body).toContain('Unsubscribe');
      expect(body).toContain('Hello Asha,');
    }
    expect(text).toContain(`Unsubscribe: ${CONTENT.unsubscribeUrl}`);
    expect(html).toContain('href="https://outreach.example.com/u/Zm9v?x=1&amp;y=2"');
  });

  it('have the text as it was written', () => {
    const { text, html } = mailLayout(CONTENT);
    expect(text.startsWith(`${CONTENT.text}\n\n`)).toBe(true);
    expect(html).toContain('please call us:<br>\n+1 212 555 0123.</p>');
    expect(html.match(/<p /g)).toHaveLength(5);
  });

  it('take line ends of any system for the same', () => {
    const windows = {
      ...CONTENT,
      text: CONTENT.text.replaceAll('\n', '\r\n'),
      companyAddress: CONTENT.companyAddress.replaceAll('\n', '\r\n'),
    };
    expect(mailLayout(windows)).toEqual(mailLayout(CONTENT));
  });
});

describe('the HTML body', () => {
  it('makes links of web addresses, without the punctuation behind them', () => {
    const { html } = mailLayout({ ...CONTENT, text: 'See https://example.com/a?b=1&c=2, or (http://example.org/x).' });
    expect(html).toContain('See <a href="https://example.com/a?b=1&amp;c=2" style="');
    expect(html).toContain('</a>, or (<a href="http://example.org/x" style="');
    expect(html).toContain('</a>).</p>');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'https://', 'ftp://example.com'])(
    'makes no link of %s',
    (text) => {
      expect(mailLayout({ ...CONTENT, text }).html.match(/<a /g)).toHaveLength(1);
    },
  );

  it('names its language when it is known', () => {
    expect(mailLayout({ ...CONTENT, language: 'es-MX' }).html).toContain('<html lang="es-MX">');
    expect(mailLayout({ ...CONTENT, language: '"><script>' }).html).toContain('<html><head>');
    expect(mailLayout(CONTENT).html).toContain('<html><head>');
  });

  it('T6: is the same document whatever the texts are', () => {
    const allowed = new Set(
      ['!doctype', 'html', 'head', 'meta', 'title', 'body', 'table', 'tr', 'td', 'p', 'br', 'a'].flatMap((name) => [
        name,
        `/${name}`,
      ]),
    );
    const words = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...ATTACKS),
      fc.tuple(fc.constantFrom(...ATTACKS), fc.string()).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(words, words, words, words, (subject, text, companyName, companyAddress) => {
        const { html } = mailLayout({ ...CONTENT, subject, text, companyName, companyAddress });
        const { tags } = readHtml(html);
        for (const { name, attributes } of tags) {
          expect(allowed).toContain(name);
          if (name === 'a') expect(attributes).toMatch(/^ href="https?:\/\/[^"\s]+" style="[^"]*"$/);
          else expect(attributes).not.toMatch(/\bon\w+=|href|src/);
        }
        expect(html.replaceAll(/<[!/]?[a-z0-9]+[^<>]*>/g, '')).not.toMatch(/[<>]/);
      }),
    );
  });

  it('shows the words that came in, character for character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (word) => {
        const shown = word.trim().replace(/[^\P{Cc}\n\t]/gu, '');
        expect(readHtml(mailLayout({ ...CONTENT, text: word }).html).text).toContain(shown.trim());
      }),
    );
  });
});

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  'https://example.com/"onclick="alert(1)',
  'https://example.com/<b>',
  '</p></td></table>',
  '&lt;script&gt;',
  '{{contact.first_name}}',
  'Asha\u0000\u001b[31m',
];
