import * as fc from 'fast-check';
import type { OpenApiDocument } from '../api/openapi';
import { brokenFrom, nastyText, sweptFrom, valuesOf } from './schema-arbitrary';

/** Requests at the operations of an OpenAPI document: as it allows them, and with something wrong in them. */

type Json = Readonly<Record<string, unknown>>;

export interface Target {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly content: { readonly mediaType: string; readonly schema: Json; readonly example: unknown } | null;
  readonly tags: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Json;
}

export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What there is to aim at. */
export interface Aims {
  /** Ids or tokens by the part of the path that they follow, as `lists`. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** Of pages of any operation. */
  readonly cursors: readonly string[];
  readonly apiKey: string;
}

interface Sent {
  readonly type?: string;
  readonly body?: string;
}

export class Fuzz {
  readonly targets: readonly Target[];

  constructor(
    private readonly document: OpenApiDocument,
    private readonly aims: Aims,
  ) {
    this.targets = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => this.target(path, method, operation as Json)),
    );
  }

  shotsAt({ method, path, parameters, content }: Target): fc.Arbitrary<Shot> {
    const inPlace = (place: string) => parameters.filter(({ in: where }) => where === place);
    return fc
      .record({
        filled: fc.tuple(...inPlace('path').map(() => this.pathTexts(path))),
        query: this.queries(inPlace('query')),
        headers: headersOf(inPlace('header')),
        sent: content === null ? nothingSent(method) : this.bodies(content),
      })
      .map(({ filled, query, headers, sent }) => {
        const texts = [...filled];
        return {
          method,
          path: path.replaceAll(/\{\w+\}/g, () => texts.shift() ?? '') + query,
          headers: { ...headers, ...(sent.type === undefined ? {} : { 'content-type': sent.type }) },
          ...(sent.body === undefined ? {} : { body: sent.body }),
        };
      });
  }

  /** As the document shows it, at each thing that there is of its kind. */
  shownOf({ method, path, content }: Target): Shot[] {
    const sent =
      content === null || content.mediaType !== 'application/json'
        ? { headers: {} }
        : { headers: { 'content-type': content.mediaType }, body: JSON.stringify(this.aimed(content.example) ?? {}) };
    return this.filled(path).map((place) => ({ method, path: place, ...sent }));
  }

  /** The path at each thing that there is; where it names two, at those that belong together. */
  private filled(path: string): string[] {
    const { ids } = this.aims;
    const most = Math.max(0, ...path.split('/').map((part) => ids[part]?.length ?? 0));
    return Array.from({ length: most }, (_, n) =>
      path.replaceAll(/([^/]+)\/\{\w+\}/g, (_whole, part: string) => {
        const own = ids[part] ?? [];
        return `${part}/${own[n % own.length] ?? ''}`;
      }),
    );
  }

  /** The example, each text of it in turn made one that nobody can store. */
  sweepOf(target: Target): Shot[] {
    const { method, path, content } = target;
    if (content === null || content.mediaType !== 'application/json') return [];
    const { ids } = this.aims;
    const own = path.split('/').flatMap((part) => ids[part] ?? []);
    const filled = path.replaceAll(/\{\w+\}/g, own.at(-1) ?? '');
    const headers = { 'content-type': content.mediaType };
    return sweptFrom(this.aimed(content.example)).map((body) => ({
      method,
      path: filled,
      headers,
      body: JSON.stringify(body),
    }));
  }

  /** The example as it stands, at each of what there is. */
  plainShotsAt({ method, path, content }: Target): Shot[] {
    const { ids } = this.aims;
    const own = path.split('/').flatMap((part) => ids[part] ?? []);
    const isJson = content?.mediaType === 'application/json';
    return own.map((id) => ({
      method,
      path: path.replaceAll(/\{\w+\}/g, () => id),
      headers: isJson ? { 'content-type': content.mediaType } : {},
      ...(isJson ? { body: JSON.stringify(this.aimed(content.example)) } : {}),
    }));
  }

  /** Names of the fields that a form may have. */
  fieldsOf({ content }: Target): string[] {
    return Object.keys(Object(content?.schema['properties']));
  }

  private target(path: string, method: string, operation: Json): Target {
    const content = Object.entries(Object(Object(operation['requestBody']).content) as Record<string, Json>)[0];
    const parameters = ((operation['parameters'] ?? []) as Json[]).map(this.resolved);
    return {
      id: String(operation['operationId']),
      method: method.toUpperCase(),
      path,
      parameters: parameters as unknown as Parameter[],
      content:
        content === undefined
          ? null
          : {
              mediaType: content[0],
              schema: this.resolved(content[1]['schema'] as Json),
              example: content[1]['example'],
            },
      tags: operation['tags'] as string[],
    };
  }

  private readonly resolved = (value: Json): Json =>
    typeof value['$ref'] === 'string' ? this.resolve(value['$ref']) : value;

  private readonly resolve = (reference: string): Json => {
    const parts = reference.slice(2).split('/');
    return parts.reduce<unknown>((value, part) => Object(value)[part], this.document) as Json;
  };

  /** Mostly the id of what the path is about; else of something else, or of nothing, or no id at all. */
  private pathTexts(path: string): fc.Arbitrary<string> {
    const { ids } = this.aims;
    const own = path.split('/').flatMap((part) => ids[part] ?? []);
    const all = Object.values(ids).flat();
    return fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...(own.length === 0 ? all : own)) },
      { weight: 1, arbitrary: fc.constantFrom(...all) },
      { weight: 1, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: nastyText.map((text) => encodeURIComponent(wellFormed(text)).slice(0, 2_000)) },
      { weight: 1, arbitrary: fc.constantFrom('%zz', '%00', '%2e%2e', 'null', '1', '%20') },
    );
  }

  private queries(parameters: readonly Parameter[]): fc.Arbitrary<string> {
    const schemas = parameters.map(({ name, schema }) => [name, valuesOf(schema, this.resolve, this.known())]);
    const valid: fc.Arbitrary<object> = fc.record(Object.fromEntries(schemas), { requiredKeys: [] });
    const names = [...parameters.map(({ name }) => name), 'limit', 'cursor', 'unknown', 'status[]', '__proto__'];
    const values = fc.oneof(nastyText, fc.constantFrom(...this.aims.cursors));
    const broken = fc.array(fc.tuple(fc.constantFrom(...names), values), { maxLength: 3 });
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      { weight: 2, arbitrary: valid.map((query) => questionOf(Object.entries(query))) },
      { weight: 1, arbitrary: broken.map(questionOf) },
    );
  }

  private bodies({ mediaType, schema, example }: NonNullable<Target['content']>): fc.Arbitrary<Sent> {
    const isFile = mediaType === 'text/csv';
    const valid = isFile ? files(String(example)) : valuesOf(schema, this.resolve, this.known());
    const given = fc.constant(this.aimed(example));
    const write = (value: unknown): Sent => ({
      type: mediaType,
      body: isFile && typeof value === 'string' ? value : JSON.stringify(value),
    });
    return fc.oneof(
      { weight: 4, arbitrary: given.map(write) },
      { weight: 4, arbitrary: valid.map(write) },
      { weight: 4, arbitrary: brokenFrom(fc.oneof(valid, given)).map(write) },
      { weight: 1, arbitrary: rawBodies },
    );
  }

  /** Texts of a format that mean something here. */
  private known(): Readonly<Record<string, fc.Arbitrary<string>>> {
    const uuids = Object.values(this.aims.ids).flat();
    return {
      uuid: fc.oneof(fc.constantFrom(...uuids.filter((id) => /^[0-9a-f-]{36}$/.test(id))), fc.uuid()),
      'date-time': fc.constantFrom('2027-03-02T15:00:00Z', '2028-02-29T23:59:59+14:00', '2099-01-01T00:00Z'),
      date: fc.constantFrom('2027-03-01', '2027-03-05', '2028-02-29'),
      email: fc.constantFrom('asha@example.com', 'ben@example.org'),
    };
  }

  /** The example, with what it refers to taken from what there is. */
  private aimed(example: unknown): unknown {
    if (typeof example !== 'object' || example === null || Array.isArray(example)) return example;
    return Object.fromEntries(
      Object.entries(example).map(([field, value]) => {
        if (field === 'apiKey') return [field, this.aims.apiKey];
        const id = field.endsWith('Id') ? this.aims.ids[pluralOf(field.slice(0, -2))]?.[0] : undefined;
        return [field, id ?? this.aimed(value)];
      }),
    );
  }
}

function pluralOf(noun: string): string {
  return noun.endsWith('s') ? `${noun}es` : `${noun}s`;
}

function questionOf(pairs: readonly (readonly [string, unknown])[]): string {
  const parts = pairs.map(([name, value]) => [name, wellFormed(String(value))].map(encodeURIComponent).join('='));
  return parts.length === 0 ? '' : `?${parts.join('&').slice(0, 4_000)}`;
}

/** What may stand in a header; the rest is refused before anything of ours is asked. */
const headerText = fc.oneof(
  fc.constantFrom('', '*', '"1"', '"1-AAAAAAAA"', 'W/"1"', '""', '"', 'x'.repeat(300), 'é', '"1", "2"', '0', '-1'),
  fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
);
const ANY_HEADERS = ['accept', 'if-none-match', 'if-match', 'origin', 'range', 'cookie'];

function headersOf(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  const names = [...parameters.map(({ name }) => name.toLowerCase()), ...ANY_HEADERS];
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.constantFrom(...names), headerText, { maxKeys: 3, noNullPrototype: true }),
    },
  );
}

/** What is no JSON, or says that it is something else. */
const rawBodies: fc.Arbitrary<Sent> = fc.record({
  type: fc.constantFrom(
    'application/json',
    'application/json; charset=utf-16',
    'text/plain',
    'text/csv',
    'application/xml',
    'x',
    '*/*',
  ),
  body: fc.constantFrom(
    '',
    '{',
    '{"a":',
    'null',
    '[]',
    '"text"',
    '1',
    '{}',
    '\u0000',
    '{"a":1}{"b":2}',
    'NaN',
    '['.repeat(5_000),
  ),
});

function nothingSent(method: string): fc.Arbitrary<Sent> {
  if (method === 'GET') return fc.constant({});
  return fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: rawBodies });
}

/** Rows that are as long as the example's, or one too short. */
function files(example: string): fc.Arbitrary<string> {
  const [header = ''] = example.split('\n');
  const columns = header.split(',').length;
  const row = fc.array(nastyText, { minLength: columns - 1, maxLength: columns }).map((cells) => cells.join(','));
  return fc.array(row, { maxLength: 4 }).map((rows) => wellFormed([header, ...rows].join('\n')));
}

/** Half a character can't be sent at all. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
