import * as fc from 'fast-check';

/** Values that a JSON Schema allows, and values that it doesn't. */

type Schema = Readonly<Record<string, unknown>>;
type Resolve = (reference: string) => Schema;

const DEEPEST = 6;

const NASTY_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202eabc',
  'é'.repeat(3),
  '😀'.repeat(50),
  "'; drop table contact; --",
  "' or '1'='1",
  '$1',
  '%s%n',
  '{{contact.first_name | default: "there"}}',
  '{{',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'null',
  '-0',
  '1e309',
  'x'.repeat(5_000),
] as const;

export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NASTY_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Anything that JSON can say. */
const nasty: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [[]], [null]),
  fc.constantFrom(...[10, 200, 2_000].map(nested)),
  fc.jsonValue({ maxDepth: 2 }),
);

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let n = 0; n < depth; n += 1) value = n % 2 === 0 ? [value] : { a: value };
  return value;
}

/** `known` gives texts of a format that mean something here, such as ids of what there is. */
export function valuesOf(
  schema: Schema,
  resolve: Resolve,
  known: Readonly<Record<string, fc.Arbitrary<string>>> = {},
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (each: unknown) => valuesOf(each as Schema, resolve, known, depth + 1);
  const { $ref: reference, enum: choices, const: only, anyOf, oneOf } = schema;
  // Only when a value is made: a schema may refer to itself.
  if (typeof reference === 'string')
    return fc.constant(reference).chain((to) => valuesOf(resolve(to), resolve, known, depth + 1));
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  if (only !== undefined) return fc.constant(only);
  const either = anyOf ?? oneOf;
  if (Array.isArray(either)) return fc.oneof(...(depth > DEEPEST ? either.slice(0, 1) : either).map(inner));
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  return fc.oneof(...types.map((type) => valuesOfType(String(type), schema, inner, known, depth)));
}

function valuesOfType(
  type: string,
  schema: Schema,
  inner: (schema: unknown) => fc.Arbitrary<unknown>,
  known: Readonly<Record<string, fc.Arbitrary<string>>>,
  depth: number,
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return textsOf(schema, known);
    case 'number':
      return fc.double({
        min: numberIn(schema, 'minimum', -1_000),
        max: numberIn(schema, 'maximum', 100_000),
        noNaN: true,
      });
    case 'integer':
      return fc.integer({ min: numberIn(schema, 'minimum', -1_000), max: numberIn(schema, 'maximum', 100_000) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const minLength = numberIn(schema, 'minItems', 0);
      const most = depth > DEEPEST ? minLength : Math.max(minLength, Math.min(3, numberIn(schema, 'maxItems', 3)));
      return fc.array(inner(schema['items'] ?? {}), { minLength, maxLength: most });
    }
    case 'object':
      return objectsOf(schema, inner);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function objectsOf(schema: Schema, inner: (schema: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { properties, required, additionalProperties, propertyNames } = schema;
  if (properties === undefined && typeof additionalProperties === 'object') {
    const names = propertyNames === undefined ? fc.string({ minLength: 1, maxLength: 10 }) : inner(propertyNames);
    // Names of properties are texts, whatever pattern they follow.
    return fc.dictionary(names as fc.Arbitrary<string>, inner(additionalProperties), { maxKeys: 3 });
  }
  const fields = Object.entries((properties ?? {}) as Record<string, unknown>).map(([name, each]) => [
    name,
    inner(each),
  ]);
  const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(fields);
  return fc.record(model, { requiredKeys: (required ?? []) as string[], noNullPrototype: true });
}

function textsOf(schema: Schema, known: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const { format, pattern } = schema;
  if (typeof format === 'string' && known[format] !== undefined) return known[format];
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  const minLength = numberIn(schema, 'minLength', 0);
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(20, numberIn(schema, 'maxLength', 20))) });
}

function numberIn(schema: Schema, keyword: string, otherwise: number): number {
  const value = schema[keyword];
  return typeof value === 'number' ? value : otherwise;
}

/** The value with one place of it made wrong: something else there, something missing, or something that nobody knows. */
export function brokenFrom(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(valid, fc.nat(), fc.constantFrom('replace', 'remove', 'add'), nasty, nastyText)
    .map(([value, at, how, wrong, name]) => {
      const places = placesIn(value);
      const place = places[at % places.length] ?? [];
      return changed(value, place, how, wrong, name);
    });
}

/** Texts that no field may hold as they are: what can't be stored, and what is too long for any. */
const UNBEARABLE = ['a\u0000b', '\ud800', 'x'.repeat(5_000)] as const;

/** The value with each of its texts in turn made unbearable. */
export function sweptFrom(value: unknown): unknown[] {
  return placesIn(value)
    .filter((place) => typeof place.reduce<unknown>((inner, key) => Object(inner)[key], value) === 'string')
    .flatMap((place) => UNBEARABLE.map((text) => changed(value, place, 'replace', text, '')));
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [place, ...entries.flatMap(([key, inner]) => placesIn(inner, [...place, key]))];
}

function changed(value: unknown, [key, ...rest]: Place, how: string, wrong: unknown, name: string): unknown {
  if (key === undefined)
    return how === 'add' && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries([...Object.entries(value), [name, wrong]])
      : wrong;
  const remove = how === 'remove' && rest.length === 0;
  if (Array.isArray(value))
    return value.flatMap((each, ix) => (ix !== key ? [each] : remove ? [] : [changed(each, rest, how, wrong, name)]));
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([field, each]) =>
      field !== key ? [[field, each]] : remove ? [] : [[field, changed(each, rest, how, wrong, name)]],
    ),
  );
}
