import type { JsonSchema } from './openapi-schemas';

/** What is said by hand of operations that no `defineRoute` describes. */

export interface OutsideOperation {
  readonly path: string;
  readonly method: 'get' | 'post';
  readonly operation: object;
}

export const REQUEST_ID = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };
export const TEXT: JsonSchema = { type: 'string' };

export function answerObject(description: string, mediaType: string, schema: JsonSchema): object {
  return { description, headers: REQUEST_ID, content: { [mediaType]: { schema } } };
}
