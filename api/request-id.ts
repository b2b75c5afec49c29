import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { inRequest } from '../db/request-context';
import { REQUEST_ID } from './problem-handler';

/** What fits into a header, a line of a log and a URN without a doubt. */
const SANE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Names the request by its caller's X-Request-Id, where that is a name, and lets everything that it sets off know. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get(REQUEST_ID);
  const id = given !== undefined && SANE.test(given) ? given : randomUUID();
  response.setHeader(REQUEST_ID, id);
  inRequest({ requestId: id, keyId: null }, () => next());
};
