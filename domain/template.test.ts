import * as fc from 'fast-check';
import { escapeHtml, parseTemplate, render, variablesOf } from './template';
import { cpuSecondsOf } from '../test/cpu';

const asha = {
  contact: { first_name: 'Asha', last_name: '  ', age: 41, active: true, tags: ['vip'], note: '{{contact.age}}' },
};
const fill = (text: string, values: Parameters<typeof render>[1] = asha) => render(parseTemplate(text), values);
const filled = (text: string) => ({ ok: true, text });
const missing = (...names: string[]) => ({ ok: false, problem: 'missing_values', missing: names });

describe('a template', () => {
  it.each([
    ['no variables at all', 'no variables at all'],
    ['', ''],
    ['Hi {{contact.first_name}}!', 'Hi Asha!'],
    ['{{contact.first_name}}{{ contact.age }}', 'Asha41'],
    ['{{\n contact.first_name \t}}', 'Asha'],
    ['{{contact.active}}', 'true'],
    ['{{contact.first_name | default: "there"}}', 'Asha'],
    ['{{contact.last_name | default: "there"}}', 'there'],
    ['{{contact.nobody|default:\'the "one"\'}}', 'the "one"'],
    ['{{contact.nobody | default: ""}}.', '.'],
    ['{{contact.nobody | upper | default: "there" | capitalize}}', 'There'],
    ['{{contact.first_name | upper}} {{contact.first_name | lower | capitalize}}', 'ASHA Asha'],
    ['{{contact.nobody | default: "élise McDonald" | capitalize}}', 'Élise McDonald'],
    ['a } b }} c { d', 'a } b }} c { d'],
  ])('%j gives %j', (text, expected) => {
    expect(fill(text)).toEqual(filled(expected));
  });

  it('never reads a tag in what a variable brings in', () => {
    expect(fill('{{contact.note}}')).toEqual(filled('{{contact.age}}'));
  });

  it.each([
    ['unknown', '{{contact.nobody}}', 'contact.nobody'],
    ['of an unknown group', '{{nobody.first_name}}', 'nobody.first_name'],
    ['blank', '{{contact.last_name}}', 'contact.last_name'],
    ['a group', '{{contact}}', 'contact'],
    ['a list', '{{contact.tags}}', 'contact.tags'],
    ['inside of a text', '{{contact.first_name.length}}', 'contact.first_name.length'],
    ['on a prototype', '{{contact.constructor}}', 'contact.constructor'],
    ['the prototype', '{{contact.__proto__.toString | upper}}', 'contact.__proto__.toString'],
  ])('refuses to render a variable that is %s', (_what, text, name) => {
    expect(fill(`Hi ${text}`)).toEqual(missing(name));
  });

  it('names each missing variable once', () => {
    expect(fill('{{b}} {{a}} {{b}} {{c | default: "-"}}')).toEqual(missing('b', 'a'));
  });

  it('reads null and undefined as missing', () => {
    expect(fill('{{a}}{{b}}{{c.d}}', { a: null, b: undefined, c: null })).toEqual(missing('a', 'b', 'c.d'));
  });

  it('has its variables listed, sorted and each once', () => {
    expect(variablesOf(parseTemplate('{{b.x}} {{a | upper}} {{b.x}} {{c | default: "-"}}'))).toEqual(['a', 'b.x', 'c']);
  });

  it('is refused a text that gets longer than it may', () => {
    const template = parseTemplate('{{a}}{{b}}');
    expect(render(template, { a: 'x'.repeat(6), b: 'x'.repeat(4) }, 10)).toEqual(filled('x'.repeat(10)));
    expect(render(template, { a: 'x'.repeat(6), b: 'x'.repeat(5) }, 10)).toEqual({
      ok: false,
      problem: 'too_long',
      missing: [],
    });
    expect(render(template, { a: 'x'.repeat(100_000), b: 'x' })).toMatchObject({ problem: 'too_long' });
  });
});

describe('a broken template', () => {
  it.each([
    ['Hi {{', 4, 'needs the name'],
    ['Hi {{}}', 4, 'needs the name'],
    ['{{ 1st }}', 1, 'needs the name'],
    ['{{{contact.first_name}}}', 1, 'needs the name'],
    ['{{contact.first_name', 1, 'must end with }}'],
    ['{{contact.first_name}', 1, 'must end with }}'],
    ['{{contact..first_name}}', 1, 'must end with }}'],
    ['{{contact first_name}}', 1, 'must end with }}'],
    ['{{contact.first_name | }}', 1, 'must end with }}'],
    ['{{a | default: there}}', 1, 'needs a text'],
    ['{{a | default: "there}}', 1, 'needs a text'],
    ['{{a | default}}', 1, 'needs a text'],
    ['{{a}} {{a | shout}}', 7, 'unknown filter "shout"'],
    ['{{a | constructor}}', 1, 'unknown filter "constructor"'],
    ['{{a | upper: "x"}}', 1, 'takes none'],
  ])('%j is refused at its position', (text, position, problem) => {
    expect(() => parseTemplate(text)).toThrow(expect.objectContaining({ code: 'bad_template', value: position }));
    expect(() => parseTemplate(text)).toThrow(problem);
  });

  it('is refused for its length or its number of variables', () => {
    expect(parseTemplate('x'.repeat(20_000)).parts).toHaveLength(1);
    expect(() => parseTemplate('x'.repeat(20_001))).toThrow(expect.objectContaining({ code: 'template_too_long' }));
    expect(parseTemplate('{{a}}'.repeat(200)).parts).toHaveLength(200);
    expect(() => parseTemplate('{{a}}'.repeat(201))).toThrow(expect.objectContaining({ code: 'template_too_long' }));
  });
});

describe('whatever somebody writes', () => {
  it('is parsed or refused, and renders to itself where it has no tag', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '|', ':', '"', 'a', '.', ' ', '\n') }), (text) => {
        try {
          const template = parseTemplate(text);
          if (!text.includes('{{')) expect(render(template, {})).toEqual(filled(text));
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad_template' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['open braces', '{'.repeat(1_000_000)],
    ['blanks in a tag', `{{${' '.repeat(1_000_000)}`],
    ['a path', `{{${'a.'.repeat(500_000)}`],
    ['filters', `{{a${'|upper'.repeat(200_000)}`],
    ['quotes', `{{a|default:${'"'.repeat(1_000_000)}`],
  ])('of a million characters is refused at once: %s', (_what, text) => {
    const refuse = (part: string, code: string) =>
      expect(() => parseTemplate(part)).toThrow(expect.objectContaining({ code }));
    expect(cpuSecondsOf(() => refuse(text, 'template_too_long'))).toBeLessThan(10);
    expect(cpuSecondsOf(() => refuse(text.slice(0, 20_000), 'bad_template'))).toBeLessThan(10);
  });

  it('of a million blanks counts as nothing', () => {
    const read = () => expect(fill('{{a | capitalize}}', { a: `${' '.repeat(1_000_000)}\n` })).toEqual(missing('a'));
    expect(cpuSecondsOf(read)).toBeLessThan(10);
  });
});

describe('HTML', () => {
  it('shows a text as it is', () => {
    expect(escapeHtml(`<b title="x">Ben & Asha's</b>`)).toBe(
      '&lt;b title=&quot;x&quot;&gt;Ben &amp; Asha&#39;s&lt;/b&gt;',
    );
  });
});
