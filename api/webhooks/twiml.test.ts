import fc from 'fast-check';
import { answerTwiml, greetingTwiml, hangupTwiml, transferTwiml, voicemailTwiml } from './twiml';

const GATHER_URL = 'https://outreach.example.com/webhooks/twilio/voice/gather?a=0f8fad5b&t=x_-1';
const RESULT_URL = 'https://outreach.example.com/webhooks/twilio/voice/transferred?a=0f8fad5b&t=x_-1';

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

const TOKEN =
  /<\?xml[^<>]*\?>|<(?<close>\/)?(?<name>[A-Za-z]+)(?<attributes>(?:\s+[A-Za-z]+="[^"<]*")*)\s*(?<empty>\/)?>|(?<text>[^<]+)/y;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads well-formed XML without namespaces, comments and CDATA; throws for anything else, as a parser has to. */
function readXml(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < xml.length; ) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(xml)?.groups;
    const current = open.at(-1);
    if (groups === undefined || current === undefined)
      throw new Error(`not well-formed at ${at}: ${xml.slice(at, at + 40)}`);
    if (groups['text'] !== undefined) current.text += decode(groups['text']);
    if (groups['name'] === undefined) continue;
    if (groups['close'] !== undefined) {
      if (open.pop()?.name !== groups['name']) throw new Error(`</${groups['name']}> closes nothing`);
      continue;
    }
    const pairs = [...(groups['attributes'] ?? '').matchAll(/([A-Za-z]+)="([^"]*)"/g)];
    const attributes = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decode(value)]));
    const element: Element = { name: groups['name'], attributes, children: [], text: '' };
    current.children.push(element);
    if (groups['empty'] === undefined) open.push(element);
  }
  const [response] = root.children;
  if (open.length !== 1 || root.children.length !== 1 || response === undefined)
    throw new Error('not one closed element');
  return response;
}

function decode(text: string): string {
  return text.replace(
    /&(?:#x([0-9A-Fa-f]+)|([a-z]+));|&/g,
    (whole, hex: string | undefined, name: string | undefined) => {
      const known = hex === undefined ? ENTITIES[name ?? ''] : String.fromCodePoint(Number.parseInt(hex, 16));
      if (known === undefined) throw new Error(`${whole} is no entity`);
      return known;
    },
  );
}

function verbsOf({ children }: Element): unknown[] {
  return children.map((child) => (child.children.length === 0 ? child.name : { [child.name]: verbsOf(child) }));
}

/** What XML can hold of it: no controls, no halves of characters; blanks count once. */
function spoken(text: string): string {
  const characters = [...text.replace(/\s+/g, ' ')].filter((character) => {
    const point = character.codePointAt(0) ?? 0;
    const isControl = point < 0x20 || (point >= 0x7f && point < 0xa0);
    const isNone = (point >= 0xd800 && point < 0xe000) || point === 0xfffe || point === 0xffff;
    return !isControl && !isNone;
  });
  return characters.join('').trim();
}

describe('a greeting', () => {
  it('is spoken while it listens for words and one key, and tells how to get out', () => {
    const response = readXml(
      greetingTwiml({ text: 'Hello Asha, do you have a minute?', gatherUrl: GATHER_URL, language: 'en' }),
    );
    expect(verbsOf(response)).toEqual([{ Gather: ['Say', 'Say'] }, 'Say', 'Hangup']);
    const [gather, goodbye] = response.children;
    expect(gather?.attributes).toEqual({
      input: 'speech dtmf',
      action: GATHER_URL,
      method: 'POST',
      timeout: '5',
      speechTimeout: 'auto',
      numDigits: '1',
      actionOnEmptyResult: 'true',
      language: 'en-US',
    });
    expect(gather?.children.map(({ text }) => text)).toEqual([
      'Hello Asha, do you have a minute?',
      'If you do not want to hear from us again, press 9.',
    ]);
    expect(gather?.children.map(({ attributes }) => attributes)).toEqual([
      { language: 'en-US' },
      { language: 'en-US' },
    ]);
    expect(goodbye?.text).toBe('Goodbye.');
  });

  it('names the key that it is given', () => {
    expect(greetingTwiml({ text: 'Hello', gatherUrl: GATHER_URL, optOutDigit: '2' })).toContain('press 2.');
  });

  it.each([
    ['es', 'es-US', 'es-US', 'marque 9.'],
    ['es-MX', 'es-US', 'es-US', 'marque 9.'],
    ['EN-gb', 'en-US', 'en-US', 'press 9.'],
    // Spoken as German, but what we add is in the one language that we have words in.
    ['de', 'de-DE', 'en-US', 'press 9.'],
    ['xx', 'en-US', 'en-US', 'press 9.'],
    ['', 'en-US', 'en-US', 'press 9.'],
    ['"><Dial>', 'en-US', 'en-US', 'press 9.'],
  ])('in %j is spoken as %s', (language, tag, ownTag, words) => {
    const [gather] = readXml(greetingTwiml({ text: 'Hello', gatherUrl: GATHER_URL, language })).children;
    expect(gather?.attributes['language']).toBe(tag);
    expect(gather?.children.map(({ attributes }) => attributes['language'])).toEqual([tag, ownTag]);
    expect(gather?.children[1]?.text).toContain(words);
  });
});

describe('an answer', () => {
  it('listens on', () => {
    const response = readXml(answerTwiml({ text: 'I see.', next: 'gather', gatherUrl: GATHER_URL }));
    expect(verbsOf(response)).toEqual([{ Gather: ['Say'] }, 'Say', 'Hangup']);
    expect(response.children[0]?.attributes['action']).toBe(GATHER_URL);
  });

  it('or ends the call', () => {
    const response = readXml(answerTwiml({ text: 'Thank you.', next: 'hangup', gatherUrl: GATHER_URL }));
    expect(verbsOf(response)).toEqual(['Say', 'Hangup']);
    expect(response.children[0]?.text).toBe('Thank you.');
  });
});

it('a voicemail is spoken after a moment of silence, or not at all', () => {
  const message = readXml(voicemailTwiml({ text: 'Please call us back.', language: 'es' }));
  expect(verbsOf(message)).toEqual(['Pause', 'Say', 'Hangup']);
  expect(message.children[1]).toMatchObject({ text: 'Please call us back.', attributes: { language: 'es-US' } });
  expect(verbsOf(readXml(voicemailTwiml({ text: null })))).toEqual(['Hangup']);
});

it('a hangup may say something first', () => {
  expect(verbsOf(readXml(hangupTwiml()))).toEqual(['Hangup']);
  expect(verbsOf(readXml(hangupTwiml('')))).toEqual(['Hangup']);
  expect(verbsOf(readXml(hangupTwiml('Goodbye.', 'es')))).toEqual(['Say', 'Hangup']);
});

describe('a transfer', () => {
  it('is announced, rings one number and asks how the call goes on', () => {
    const response = readXml(transferTwiml({ number: '+12125550123', text: 'One moment.', resultUrl: RESULT_URL }));
    expect(verbsOf(response)).toEqual(['Say', { Dial: ['Number'] }]);
    expect(response.children[1]?.attributes).toEqual({
      answerOnBridge: 'true',
      timeout: '25',
      action: RESULT_URL,
      method: 'POST',
    });
    expect(response.children[1]?.children[0]).toMatchObject({ text: '+12125550123', attributes: {} });
  });

  it.each(['', '2125550123', '+1 212 555 0123', '+12125550123</Number><Number>+12125550124', 'sip:ben@example.org'])(
    'goes to no %j, and says so without it',
    (number) => {
      expect(() => transferTwiml({ number, text: '', resultUrl: RESULT_URL })).toThrow(
        /^the number to transfer to must be in E\.164, like \+12125550123$/,
      );
    },
  );
});

describe('T7: whatever a name is', () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.constantFrom(
      '</Say></Gather><Dial>+12125550199</Dial>',
      '<break time="10s"/>',
      ']]><Dial/><![CDATA[',
      '<!-- --><!DOCTYPE x [<!ENTITY e "x">]>&e;',
      '&lt;Dial&gt;&#60;',
      '" onclick="x',
      '\uD800<\uDC00Dial>',
      '\uFFFE\uFFFF\u0000\u000b\u001b',
    ),
  );

  it('the verbs are those of the document, and the words are said', () => {
    fc.assert(
      fc.property(names, (name) => {
        const text = `Hello ${name}, good day`;
        const documents: [string, unknown[]][] = [
          [greetingTwiml({ text, gatherUrl: GATHER_URL }), [{ Gather: ['Say', 'Say'] }, 'Say', 'Hangup']],
          [answerTwiml({ text, next: 'gather', gatherUrl: GATHER_URL }), [{ Gather: ['Say'] }, 'Say', 'Hangup']],
          [answerTwiml({ text, next: 'hangup', gatherUrl: GATHER_URL }), ['Say', 'Hangup']],
          [voicemailTwiml({ text }), ['Pause', 'Say', 'Hangup']],
          [hangupTwiml(text), ['Say', 'Hangup']],
        ];
        for (const [xml, verbs] of documents) {
          const response = readXml(xml);
          expect(response.name).toBe('Response');
          expect(verbsOf(response)).toEqual(verbs);
          expect(firstSaid(response)).toBe(spoken(text));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a URL stays one attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (query) => {
        const gatherUrl = `https://outreach.example.com/x?q=${query}`;
        const response = readXml(greetingTwiml({ text: 'Hello', gatherUrl }));
        expect(response.children[0]?.attributes['action']).toBe(gatherUrl);
      }),
    );
  });
});

function firstSaid(element: Element): string | undefined {
  if (element.name === 'Say') return element.text;
  return element.children.map(firstSaid).find((text) => text !== undefined);
}
