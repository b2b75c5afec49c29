import { Contract, pointer } from './contract';
import type { OpenApiDocument } from '../api/openapi';

/** An API client that knows nothing but an OpenAPI document, as programs of others know it. */

type Json = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly mediaType: string | null;
  /** Where the document says what is sent. */
  readonly at: string;
  readonly example: unknown;
  readonly security: readonly Json[];
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** JSON, read at will. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface Given {
  /** By name, wherever the document puts them. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export class DocumentClient {
  static async read(url: string, key: string): Promise<DocumentClient> {
    const answer = await fetch(url);
    // A document that is none is found out by whatever is asked of it.
    return new DocumentClient((await answer.json()) as OpenApiDocument, url, key);
  }

  private readonly contract: Contract;

  private constructor(
    private readonly document: OpenApiDocument,
    private readonly documentUrl: string,
    private readonly key: string,
  ) {
    this.contract = new Contract(document);
  }

  /** Asks, and gives back what was answered; anything that the document doesn't say is an error. */
  async call(operationId: string, { parameters = {}, body }: Given = {}): Promise<Answered> {
    const operation = this.operation(operationId);
    const url = this.urlOf(operation, parameters);
    const response = await fetch(url, {
      method: operation.method.toUpperCase(),
      headers: {
        ...this.credentials(operation),
        ...this.headersOf(operation, parameters),
        ...this.contentType(operation, body),
      },
      ...(body === undefined ? {} : { body: this.bodyOf(operation, body) }),
    });
    const text = await response.text();
    this.requireDocumented(operation, url, response, text);
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** The example of what the operation is sent, with some of its fields changed. */
  example(operationId: string, changes: object = {}): unknown {
    const { example } = this.operation(operationId);
    return typeof example === 'string' ? example : { ...Object(example), ...changes };
  }

  private operation(operationId: string): Operation {
    for (const [path, methods] of Object.entries(this.document.paths))
      for (const [method, value] of Object.entries(methods)) {
        const found = value as Json;
        if (found['operationId'] !== operationId) continue;
        const content = Object.entries(Object(Object(found['requestBody']).content) as Record<string, Json>)[0];
        return {
          method,
          path,
          parameters: ((found['parameters'] ?? []) as Json[]).map((each) => this.resolve(each) as unknown as Parameter),
          mediaType: content?.[0] ?? null,
          at: pointer('paths', path, method, 'requestBody', 'content', content?.[0] ?? ''),
          example: content?.[1]['example'],
          security: (found['security'] ?? this.document.security) as Json[],
        };
      }
    throw new Error(`the document knows no operation ${operationId}`);
  }

  private urlOf({ path, parameters }: Operation, given: Readonly<Record<string, string>>): URL {
    const known = parameters.map(({ name }) => name);
    const unknown = Object.keys(given).filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`${path} takes no ${unknown.join(', ')}`);
    for (const { name, required } of parameters)
      if (required && given[name] === undefined) throw new Error(`${path} needs ${name}`);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given[name] ?? ''));
    const server = this.document.servers[0]?.url ?? '/';
    const url = new URL(filled.replace(/^\//, ''), new URL(server, this.documentUrl));
    for (const { name, in: place } of parameters)
      if (place === 'query' && given[name] !== undefined) url.searchParams.set(name, given[name]);
    return url;
  }

  private headersOf({ parameters }: Operation, given: Readonly<Record<string, string>>): Record<string, string> {
    const headers = parameters.filter(({ name, in: place }) => place === 'header' && given[name] !== undefined);
    return Object.fromEntries(headers.map(({ name }) => [name, given[name] ?? '']));
  }

  /** The first way that the operation offers which takes a key. */
  private credentials({ security }: Operation): Record<string, string> {
    const schemes: Record<string, Json> = this.document.components.securitySchemes;
    for (const name of security.flatMap((requirement) => Object.keys(requirement))) {
      const scheme = schemes[name];
      if (scheme?.['scheme'] === 'bearer') return { authorization: `Bearer ${this.key}` };
      if (scheme?.['in'] === 'header') return { [String(scheme['name'])]: this.key };
    }
    return {};
  }

  private contentType({ mediaType }: Operation, body: unknown): Record<string, string> {
    return body === undefined || mediaType === null ? {} : { 'content-type': mediaType };
  }

  private bodyOf({ path, mediaType, at }: Operation, body: unknown): string {
    if (mediaType === null) throw new Error(`${path} takes no body`);
    const faults = this.contract.faultsOfValue(`${at}/schema`, body);
    if (faults.length > 0) throw new Error(`${path} does not take this: ${faults.join('; ')}`);
    return typeof body === 'string' ? body : JSON.stringify(body);
  }

  private requireDocumented({ method }: Operation, url: URL, response: Response, body: string): void {
    const faults = this.contract.violations({
      method: method.toUpperCase(),
      path: url.pathname,
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body,
    });
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  private resolve(value: Json): Json {
    if (typeof value['$ref'] !== 'string') return value;
    const parts = value['$ref'].slice(2).split('/');
    return parts.reduce<unknown>((inner, part) => Object(inner)[part], this.document) as Json;
  }
}
