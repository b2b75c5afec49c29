import * as fc from 'fast-check';
import * as z from 'zod';
import { everyFault, type Path } from './every-fault';

const Stay = z
  .strictObject({ from: z.string().min(2), to: z.string(), nights: z.int().optional() })
  .check(({ value, issues }) => {
    if (value.to < value.from)
      issues.push({ code: 'custom', path: ['to'], input: value.to, message: 'ends before it begins' });
  });
const Kind = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('room'), beds: z.int() }),
  z.strictObject({ kind: z.literal('hall') }),
]);
const Booking = z
  .strictObject({ name: z.string(), stays: z.array(Stay), what: Kind, tags: z.array(z.string()).default([]) })
  .check(({ value, issues }) => {
    if (value.stays.length === 0) issues.push({ code: 'custom', path: ['stays'], input: [], message: 'needs a stay' });
  });

const STAY = { from: 'aa', to: 'zz' };
const STAND_INS: Readonly<Record<string, unknown>> = {
  name: 'Nobody',
  stays: [STAY],
  'stays.*': STAY,
  'stays.*.to': 'zz',
  what: { kind: 'hall' },
};
const standInFor = (path: Path) =>
  STAND_INS[path.map((part) => (typeof part === 'number' ? '*' : String(part))).join('.')];
const judge = (document: Record<string, unknown>) => everyFault(Booking, document, standInFor);
const told = (document: Record<string, unknown>) =>
  judge(document).faults.map(({ path, rule, value }) => [path.join('.'), rule, value]);
const GOOD = { name: 'Nora', stays: [{ from: 'ab', to: 'cd' }], what: { kind: 'hall' } };

describe('everything that is wrong with a document', () => {
  it('is nothing where it is valid, and the document comes back with its defaults', () => {
    const { faults, sound, isStandIn } = judge(GOOD);
    expect({ faults, sound }).toEqual({ faults: [], sound: { ...GOOD, tags: [] } });
    expect(isStandIn(['name'])).toBe(false);
  });

  it('names what is missing, what is wrong and what is not known, with its value', () => {
    expect(told({ ...GOOD, name: 5, colour: 'red', stays: [{ from: 'ab' }] })).toEqual([
      ['name', expect.stringContaining('expected string'), 5],
      ['stays.0.to', 'is missing', undefined],
      ['colour', 'this field is not known', undefined],
    ]);
  });

  it('is told at once, also what a schema only looks for when the rest is right', () => {
    expect(told({ ...GOOD, name: 5, stays: [{ from: 'cd', to: 'ab' }] })).toEqual([
      ['name', expect.any(String), 5],
      ['stays.0.to', 'ends before it begins', 'ab'],
    ]);
    expect(told({ ...GOOD, stays: [{ from: 'x', to: 'ab', nights: 'two' }] })).toHaveLength(2);
  });

  it('names the one field of a choice that there is not', () => {
    expect(told({ ...GOOD, what: { kind: 'tent' } })).toEqual([['what.kind', expect.any(String), 'tent']]);
    expect(told({ ...GOOD, what: {} })).toEqual([['what.kind', 'is missing', undefined]]);
    expect(told({ ...GOOD, what: 'a tent' })).toEqual([['what', expect.any(String), 'a tent']]);
  });

  it('says nothing of the stand-ins, and where they are', () => {
    const { sound, isStandIn } = judge({ ...GOOD, what: { kind: 'room', beds: 'two' }, tags: ['a', 5, 6] });
    expect(sound).toEqual({ ...GOOD, tags: [] });
    expect([['what'], ['what', 'kind'], ['tags', 1], ['stays', 0]].map(isStandIn)).toEqual([true, true, true, false]);
  });

  it('leaves the document itself as it is', () => {
    const document = { ...GOOD, name: 5 };
    judge(document);
    expect(document.name).toBe(5);
  });

  it('can not be told where a field that has to be there has no stand-in', () => {
    expect(() => everyFault(z.strictObject({ age: z.int() }), {}, standInFor)).toThrow('there is no stand-in for age');
  });

  it('is told of whatever there is, and ends with a valid document', () => {
    const anything = fc.dictionary(
      fc.constantFrom('name', 'stays', 'what', 'tags', 'x'),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(anything, (document) => {
        const { faults, sound } = judge(document);
        expect(Booking.safeParse(sound).success).toBe(true);
        expect(faults.length === 0).toBe(Booking.safeParse(document).success);
      }),
      { numRuns: 300 },
    );
  });
});
