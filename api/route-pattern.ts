import type { Request } from 'express';

/** Where routers hang. Express has forgotten it by the time that an error is answered. */
const PLACES = ['/v1', '/webhooks/twilio', '/webhooks'] as const;

/** The pattern that a request was answered by, such as `/v1/contacts/:id`; null for an address that nothing answers. */
export function routeOf(request: Request): string | null {
  if (request.route === undefined) return null;
  const pattern = String(request.route.path);
  if (request.baseUrl !== '') return `${request.baseUrl}${pattern}`;
  const place = PLACES.find((each) => request.originalUrl.startsWith(`${each}/`) && !pattern.startsWith(`${each}/`));
  return `${place ?? ''}${pattern}`;
}
