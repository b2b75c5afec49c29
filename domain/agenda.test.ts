import * as fc from 'fast-check';
import { Agenda } from './agenda';

function drained<T>(agenda: Agenda<T>): { at: number; item: T }[] {
  const all: { at: number; item: T }[] = [];
  for (let next = agenda.next(); next !== null; next = agenda.next()) all.push({ at: next.at, item: next.item });
  return all;
}

describe('an agenda', () => {
  it('is empty at first', () => {
    expect(new Agenda().next()).toBeNull();
    expect(new Agenda().size).toBe(0);
  });

  it('gives what comes first, and of what comes at once what was put in first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (instants) => {
        const agenda = new Agenda<number>();
        instants.forEach((at, item) => agenda.add(at, item));
        expect(agenda.size).toBe(instants.length);
        const sorted = instants.map((at, item) => ({ at, item })).sort((a, b) => a.at - b.at || a.item - b.item);
        expect(drained(agenda)).toEqual(sorted);
      }),
    );
  });

  it('takes more while it is emptied', () => {
    const agenda = new Agenda<string>();
    for (const at of [5, 1, 3]) agenda.add(at, `at ${at}`);
    expect(agenda.next()).toMatchObject({ at: 1, item: 'at 1' });
    agenda.add(2, 'at 2');
    agenda.add(9, 'at 9');
    expect(drained(agenda).map(({ item }) => item)).toEqual(['at 2', 'at 3', 'at 5', 'at 9']);
  });
});
