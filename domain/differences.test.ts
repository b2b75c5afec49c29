import { differences } from './differences';

describe('where two documents differ', () => {
  it('is said as deep as it can be', () => {
    const before = { name: 'a', policy: { caps: { perDay: 3 }, gone: 1 } };
    const after = { name: 'a', policy: { caps: { perDay: 2 } } };
    expect(differences(before, after)).toEqual([
      { at: 'policy/caps/perDay', before: 3, after: 2 },
      { at: 'policy/gone', before: 1, after: undefined },
    ]);
    expect(differences(before, before)).toEqual([]);
  });

  it('is found by keys in lists of things that have one, wherever they stand', () => {
    const hello = { key: 'hello', text: 'Hello' };
    const bye = { key: 'bye', text: 'Bye' };
    expect(differences({ messages: [hello, bye] }, { messages: [bye, { ...hello, text: 'Hi' }] })).toEqual([
      { at: 'messages/hello/text', before: 'Hello', after: 'Hi' },
    ]);
    expect(differences({ messages: [hello] }, { messages: [hello, bye] })).toEqual([
      { at: 'messages/bye', before: undefined, after: bye },
    ]);
  });

  it('is the whole of what can not be taken apart', () => {
    expect(differences({ days: [1, 2] }, { days: [1] })).toEqual([{ at: 'days', before: [1, 2], after: [1] }]);
    expect(differences({ limit: null }, { limit: { most: 2 } })).toEqual([
      { at: 'limit', before: null, after: { most: 2 } },
    ]);
    expect(differences([{ a: 1 }], [{ a: 2 }])).toEqual([{ at: '', before: [{ a: 1 }], after: [{ a: 2 }] }]);
  });
});
