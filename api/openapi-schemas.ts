import * as z from 'zod';

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export type JsonSchema = { readonly [keyword: string]: unknown };

type Side = 'input' | 'output';

const SIDES: readonly Side[] = ['input', 'output'];
const COMPONENTS = '#/components/schemas/';

/** Formats say it already; zod's patterns for them are hundreds of characters long. */
const SELF_EXPLAINING: ReadonlySet<unknown> = new Set(['uuid', 'date', 'date-time', 'email', 'uri']);

/**
 * Turns zod schemas into JSON Schema and collects the named ones (`.meta({ id })`) as components. What is sent differs
 * from what comes back where defaults are filled in: then the sent one is called `…Input`.
 */
export class SchemaBook {
  private readonly written = { input: new Map<z.ZodType, JsonSchema>(), output: new Map<z.ZodType, JsonSchema>() };
  private readonly named = { input: new Map<string, JsonSchema>(), output: new Map<string, JsonSchema>() };

  /** What may be sent. */
  sent(schema: z.ZodType): JsonSchema {
    return this.read(schema, 'input');
  }

  /** What comes back. */
  answered(schema: z.ZodType): JsonSchema {
    return this.read(schema, 'output');
  }

  /** The document with its components, every reference of which now has its final name. */
  settle<D extends object>(document: D): D & { components: { schemas: Record<string, JsonSchema> } } {
    const differing = this.differing();
    const nameOf = (side: Side, name: string) => (side === 'input' && differing.has(name) ? `${name}Input` : name);
    const schemas = SIDES.flatMap((side) =>
      [...this.named[side]].map(([name, schema]): [string, JsonSchema] => [nameOf(side, name), schema]),
    );
    const whole = {
      ...document,
      components: {
        ...('components' in document ? (document.components as object) : {}),
        schemas: Object.fromEntries(schemas.sort(([one], [other]) => (one < other ? -1 : 1))),
      },
    };
    return JSON.parse(
      JSON.stringify(whole).replaceAll(
        REFERENCE,
        (_, side: Side, name: string) => `"${COMPONENTS}${nameOf(side, name)}"`,
      ),
    );
  }

  private read(schema: z.ZodType, side: Side): JsonSchema {
    const known = this.written[side].get(schema) ?? this.write(schema, side);
    this.written[side].set(schema, known);
    return known;
  }

  private write(schema: z.ZodType, side: Side): JsonSchema {
    const { properties, $defs = {} } = z.toJSONSchema(z.object({ it: schema }), {
      io: side,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => this.tidy(zodSchema, jsonSchema, side),
    });
    for (const [name, definition] of Object.entries($defs)) this.named[side].set(name, placed(definition, side));
    return placed(properties?.['it'], side);
  }

  private tidy(zodSchema: z.core.$ZodTypes, written: z.core.JSONSchema.BaseSchema, side: Side): void {
    const schema: Mutable = written;
    const { shownAs } = schema;
    if (shownAs instanceof z.ZodType) {
      delete schema['shownAs'];
      Object.assign(schema, this.read(shownAs, side));
    }
    tidy(zodSchema, schema, side);
  }

  /** Names whose two sides are not the same, themselves or in something that they refer to. */
  private differing(): Set<string> {
    const both = [...this.named.input.keys()].filter((name) => this.named.output.has(name));
    const text = (side: Side, name: string) =>
      JSON.stringify(this.named[side].get(name)).replaceAll(REFERENCE, (_, __, to: string) => `"#/${to}"`);
    const differing = new Set(both.filter((name) => text('input', name) !== text('output', name)));
    for (let before = -1; before < differing.size; ) {
      before = differing.size;
      for (const name of both)
        if (referencesIn(this.named.input.get(name)).some((to) => differing.has(to))) differing.add(name);
    }
    return differing;
  }
}

/** How references look until every name is known. */
const REFERENCE = /"#\/(input|output)\/(\w+)"/g;

function referencesIn(schema: JsonSchema | undefined): string[] {
  return [...JSON.stringify(schema).matchAll(REFERENCE)].map(([, , name = '']) => name);
}

function placed(schema: unknown, side: Side): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"#/${side}/`));
}

type Mutable = { [keyword: string]: unknown };

function tidy(zodSchema: z.core.$ZodTypes, schema: Mutable, side: Side): void {
  delete schema['id'];
  if (SELF_EXPLAINING.has(schema['format'])) delete schema['pattern'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (side === 'output') delete schema['default'];
  // Answers may grow: only what is declared strict promises that nothing else will ever be in it.
  if (zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall === undefined)
    delete schema['additionalProperties'];
  if (JSON.stringify(schema['propertyNames']) === '{"type":"string"}') delete schema['propertyNames'];
  tellApart(zodSchema, schema);
  describeFields(schema);
  foldNull(schema);
}

/** Names the field that says which of several named schemas it is, for programs that make types of the document. */
function tellApart(zodSchema: z.core.$ZodTypes, schema: Mutable): void {
  if (!(zodSchema instanceof z.ZodDiscriminatedUnion)) return;
  const { discriminator, options } = zodSchema.def;
  const mapping = options.flatMap((option) => {
    const id = z.globalRegistry.get(option)?.id;
    const values = [...(option._zod.propValues?.[discriminator] ?? [])];
    return id === undefined ? [] : values.map((value) => [String(value), `#/$defs/${id}`]);
  });
  if (mapping.length === options.length)
    schema['discriminator'] = { propertyName: discriminator, mapping: Object.fromEntries(mapping) };
}

/** `fields` of a schema's metadata describe its properties, which in the domain have no words of their own. */
function describeFields(schema: Mutable): void {
  const { fields, properties } = schema;
  delete schema['fields'];
  if (!isObject(fields) || !isObject(properties)) return;
  for (const [name, description] of Object.entries(fields)) {
    const property = properties[name];
    if (!isObject(property)) throw new Error(`the described field "${name}" is none of its schema's`);
    property['description'] = description;
  }
}

/** `anyOf: [string, null]` reads better as `type: [string, null]`. */
function foldNull(schema: Mutable): void {
  const [one, other, ...more] = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as Mutable[]) : [];
  if (one === undefined || other?.['type'] !== 'null' || more.length > 0 || typeof one['type'] !== 'string') return;
  delete schema['anyOf'];
  const { enum: choices, const: only, ...rest } = one;
  Object.assign(schema, rest, { type: [one['type'], 'null'] });
  if (Array.isArray(choices)) schema['enum'] = [...choices, null];
  else if (only !== undefined) schema['enum'] = [only, null];
}

function isObject(value: unknown): value is Mutable {
  return typeof value === 'object' && value !== null;
}
