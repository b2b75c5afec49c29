import * as z from 'zod';
import { SchemaBook } from './openapi-schemas';

let names = 0;
const Named = z.object({}).meta({ id: 'Named' });

/** A name that no other test has given. */
const fresh = (word: string) => `${word}${(names += 1)}`;

describe('schemas for the document', () => {
  it('leave out what zod only knows for itself: long patterns, the largest integers, names of nothing', () => {
    const book = new SchemaBook();
    const schema = z.strictObject({
      id: z.uuid(),
      at: z.iso.datetime(),
      mail: z.email(),
      count: z.int(),
      names: z.record(z.string(), z.string()),
    });
    expect(book.sent(schema)['properties']).toEqual({
      id: { type: 'string', format: 'uuid' },
      at: { type: 'string', format: 'date-time' },
      mail: { type: 'string', format: 'email' },
      count: { type: 'integer' },
      names: { type: 'object', additionalProperties: { type: 'string' } },
    });
  });

  it.each([
    ['a text', z.string().max(3).nullable(), { type: ['string', 'null'], maxLength: 3 }],
    ['a choice', z.enum(['a', 'b']).nullable(), { type: ['string', 'null'], enum: ['a', 'b', null] }],
    ['one word', z.literal('a').nullable(), { type: ['string', 'null'], enum: ['a', null] }],
    ['a named thing', Named.nullable(), { anyOf: [{ $ref: '#/input/Named' }, { type: 'null' }] }],
  ])('say in one word that %s may be null', (_, schema, written) => {
    expect(new SchemaBook().sent(schema)).toEqual(written);
  });

  it('let answers grow, and promise it only where the schema is strict', () => {
    const book = new SchemaBook();
    expect(book.answered(z.object({ a: z.string() }))).not.toHaveProperty('additionalProperties');
    expect(book.answered(z.strictObject({ a: z.string() }))).toHaveProperty('additionalProperties', false);
  });

  it('are components where they have a name, with words for their fields', () => {
    const book = new SchemaBook();
    const id = fresh('Slot');
    const slot = z.object({ open: z.string() });
    slot.register(z.globalRegistry, { id, description: 'An opening.', fields: { open: 'When it begins.' } });
    const { slots, components } = book.settle({ slots: book.answered(z.array(slot)) });
    expect(slots).toEqual({ type: 'array', items: { $ref: `#/components/schemas/${id}` } });
    expect(components.schemas[id]).toEqual({
      type: 'object',
      description: 'An opening.',
      properties: { open: { type: 'string', description: 'When it begins.' } },
      required: ['open'],
    });
  });

  it('refuse words for a field that there is not', () => {
    const schema = z.object({ a: z.string() }).meta({ fields: { b: 'Nothing.' } });
    expect(() => new SchemaBook().sent(schema)).toThrow('the described field "b" is none of its schema\'s');
  });

  it('have two names where what is sent differs from what comes back, down to what refers to it', () => {
    const book = new SchemaBook();
    const [inner, outer, same] = [fresh('Inner'), fresh('Outer'), fresh('Same')];
    const unchanged = z.strictObject({ a: z.string() }).meta({ id: same });
    const filled = z.strictObject({ a: z.string().default('x') }).meta({ id: inner });
    const around = z.strictObject({ filled, unchanged }).meta({ id: outer });
    const { sent, back, components } = book.settle({ sent: book.sent(around), back: book.answered(around) });
    expect(sent).toEqual({ $ref: `#/components/schemas/${outer}Input` });
    expect(back).toEqual({ $ref: `#/components/schemas/${outer}` });
    expect(Object.keys(components.schemas).sort()).toEqual(
      [inner, `${inner}Input`, outer, `${outer}Input`, same].sort(),
    );
    expect(components.schemas[`${inner}Input`]).toMatchObject({ properties: { a: { default: 'x' } } });
    expect(components.schemas[inner]).toMatchObject({ required: ['a'], properties: { a: { type: 'string' } } });
    expect(components.schemas[`${outer}Input`]).toMatchObject({
      properties: {
        filled: { $ref: `#/components/schemas/${inner}Input` },
        unchanged: { $ref: `#/components/schemas/${same}` },
      },
    });
  });

  it('say by which field named schemas are told apart', () => {
    const book = new SchemaBook();
    const [one, other] = [fresh('One'), fresh('Other')];
    const either = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('one') }).meta({ id: one }),
      z.object({ kind: z.literal('other') }).meta({ id: other }),
    ]);
    expect(book.settle({ either: book.sent(either) }).either).toEqual({
      oneOf: [{ $ref: `#/components/schemas/${one}` }, { $ref: `#/components/schemas/${other}` }],
      discriminator: {
        propertyName: 'kind',
        mapping: { one: `#/components/schemas/${one}`, other: `#/components/schemas/${other}` },
      },
    });
  });

  it('can be shown as another one, where anything is taken in and judged later', () => {
    const book = new SchemaBook();
    const id = fresh('Entry');
    const entry = z.strictObject({ name: z.string() }).meta({ id });
    const items = z.array(z.unknown().meta({ shownAs: entry }));
    const { sent } = book.settle({ sent: book.sent(items) });
    expect(sent).toEqual({ type: 'array', items: { $ref: `#/components/schemas/${id}` } });
    expect(items.safeParse([7]).success).toBe(true);
  });

  it('keep what the document had among its components', () => {
    const { components } = new SchemaBook().settle({ components: { headers: { A: {} } } });
    expect(components).toEqual({ headers: { A: {} }, schemas: {} });
  });
});
