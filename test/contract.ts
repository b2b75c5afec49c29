import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from '../api/openapi';

/** What went over the wire, as far as a document can say anything of it. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

interface Responses {
  readonly [status: string]:
    | { readonly $ref?: string; readonly headers?: object; readonly content?: object }
    | undefined;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly responses: Responses;
}

/** Headers that tell a client something, so the document has to mention them. */
const TELLING = [
  'etag',
  'location',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'idempotent-replayed',
  'set-cookie',
];

/** Says where answers are not what the document says, down to fields that it does not know. */
export class Contract {
  private readonly ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly routes: readonly { readonly path: string; readonly pattern: RegExp }[];

  constructor(private readonly document: OpenApiDocument) {
    this.ajv.addSchema({ ...closed(document), $id: 'document' });
    this.routes = Object.keys(document.paths)
      .sort((one, other) => one.split('{').length - other.split('{').length)
      .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i') }));
  }

  /** Empty = as documented. */
  violations(exchange: Exchange): string[] {
    const found = this.find(exchange);
    const faults = found === null ? this.faultsOfUnknown(exchange) : this.faultsOf(exchange, ...found);
    return faults.map((fault) => `${exchange.method} ${found?.[0] ?? exchange.path} → ${exchange.status}: ${fault}`);
  }

  /** Faults of a value against the schema that a JSON pointer into the document leads to. */
  faultsOfValue(pointer: string, value: unknown): string[] {
    const validate = this.validators.get(pointer) ?? this.ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
    this.validators.set(pointer, validate);
    return validate(value)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
        );
  }

  private find({ method, path }: Exchange): [path: string, method: string, operation: DocumentedOperation] | null {
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    for (const { path: template, pattern } of this.routes) {
      if (!pattern.test(path)) continue;
      const operation = this.document.paths[template]?.[verb];
      // What the builder puts below a path and a method is an operation.
      if (operation !== undefined) return [template, verb, operation as DocumentedOperation];
    }
    return null;
  }

  /** What is no operation says so, with a problem; pages of the console are nobody's contract. */
  private faultsOfUnknown({ path, status, headers, body }: Exchange): string[] {
    const isPage = !/^\/(v1|webhooks|u)\b/.test(path) && status < 400;
    if (isPage) return [];
    if (status < 400 || status >= 500) return ['answered by an operation that is not documented'];
    if (mediaTypeOf(headers) !== 'application/problem+json') return [`refused by ${mediaTypeOf(headers)}`];
    return this.faultsOfValue('/components/schemas/Problem', JSON.parse(body));
  }

  private faultsOf(exchange: Exchange, path: string, verb: string, operation: DocumentedOperation): string[] {
    const { status, headers, body } = exchange;
    const answer = operation.responses[String(status)];
    if (answer === undefined) return [`the status is not documented (${body.slice(0, 300)})`];
    const at = answer.$ref?.slice(1) ?? pointer('paths', path, verb, 'responses', String(status));
    const { headers: ours = {}, content = {} } = answer.$ref === undefined ? answer : this.resolve(answer.$ref);
    const known = Object.keys(ours).map((name) => name.toLowerCase());
    const unknown = TELLING.filter((name) => headers[name] !== undefined && !known.includes(name));
    return [
      ...unknown.map((name) => `the header ${name} is not documented`),
      ...this.faultsOfBody(at, Object.keys(content), exchange, body),
    ];
  }

  private faultsOfBody(
    at: string,
    mediaTypes: readonly string[],
    { method, headers }: Exchange,
    body: string,
  ): string[] {
    const mediaType = mediaTypeOf(headers);
    if (method === 'HEAD') return [];
    if (mediaTypes.length === 0) return body === '' ? [] : ['there is a body, and none is documented'];
    if (!mediaTypes.includes(mediaType)) return [`the media type ${mediaType} is not documented`];
    const value: unknown = mediaType.endsWith('json') ? JSON.parse(body) : body;
    return this.faultsOfValue(`${at}${pointer('content', mediaType, 'schema')}`, value);
  }

  private resolve(reference: string): { headers?: object; content?: object } {
    const parts = reference.slice(2).split('/');
    return parts.reduce<unknown>((value, part) => Object(value)[part], this.document) as { headers?: object };
  }
}

/** Passes requests on and holds what is answered to the contract, before it is sent. */
export function watchAnswers(listener: RequestListener, contract: Contract, violations: string[]): RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request;
    collect(response, (body) => violations.push(...contract.violations(exchangeOf({ method, url }, response, body))));
    listener(request, response);
  };
}

function exchangeOf(
  { method, url }: { method: string; url: string },
  response: ServerResponse<IncomingMessage>,
  body: string,
): Exchange {
  const headers = { ...response.getHeaders() };
  return { method, path: url.replace(/[?#].*$/s, ''), status: response.statusCode, headers, body };
}

function collect(response: ServerResponse<IncomingMessage>, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const write = response.write.bind(response) as (...given: unknown[]) => boolean;
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  // The overloads of both take the chunk first and hand on the rest.
  response.write = ((...given: unknown[]) => {
    keep(given[0]);
    return write(...given);
  }) as typeof response.write;
  response.end = ((...given: unknown[]) => {
    keep(given[0]);
    done(Buffer.concat(chunks).toString());
    return end(...given);
  }) as typeof response.end;
}

function mediaTypeOf(headers: Exchange['headers']): string {
  const type = headers['content-type'];
  return typeof type === 'string' ? (type.split(';')[0] ?? '') : '';
}

export function pointer(...parts: readonly string[]): string {
  return parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The document allows that answers grow; what is answered today has no field that it does not name. */
function closed<V>(value: V): V {
  if (Array.isArray(value)) return value.map(closed) as V;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, closed(inner)]),
  );
  if (copy['type'] === 'object' && 'properties' in copy) copy['additionalProperties'] ??= false;
  return copy as V;
}
