import * as fc from 'fast-check';
import { Agenda } from './agenda';

function drained(agenda: Agenda): { at: number; who: number }[] {
  const all: { at: number; who: number }[] = [];
  for (let next = agenda.next(); next !== null; next = agenda.next()) all.push({ at: next.at, who: next.who });
  return all;
}

const MOST = 12;

describe('an agenda', () => {
  it('is empty at first', () => {
    expect(new Agenda(MOST).next()).toBeNull();
    expect(new Agenda(MOST).size).toBe(0);
  });

  it('gives who comes first, and of those who come at once whoever was set first', () => {
    const step = fc.record({
      what: fc.constantFrom('set', 'set', 'set', 'drop', 'next'),
      who: fc.integer({ min: 0, max: MOST - 1 }),
      at: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const agenda = new Agenda(MOST);
        let known: { at: number; who: number }[] = [];
        for (const { what, who, at } of steps) {
          const others = known.filter((each) => each.who !== who);
          // Sorting keeps the order of equals, so whoever was set later stands behind.
          if (what === 'set') known = [...others, { at, who }].sort((a, b) => a.at - b.at);
          if (what === 'drop') known = others;
          if (what === 'set') agenda.set(who, at);
          else if (what === 'drop') agenda.drop(who);
          else expect(agenda.next()).toEqual(known.shift() ?? null);
          expect(agenda.size).toBe(known.length);
        }
        expect(drained(agenda)).toEqual(known);
      }),
      { numRuns: 500 },
    );
  });
});
