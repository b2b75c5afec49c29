import type { Request } from 'express';

const DEFAULT_PAGE_SIZE = 50;
const LARGEST_PAGE_SIZE = 1000;
const DAY_MS = 86_400_000;

export interface Listed {
  readonly sid: string;
}

/**
 * One page of a list in Twilio's shape, newest first. The token names the last resource of the page before, so that
 * resources made meanwhile move nothing.
 */
export function pageOf<T extends Listed>(
  query: URLSearchParams,
  {
    path,
    key,
    newestFirst,
    resource,
  }: { path: string; key: string; newestFirst: readonly T[]; resource: (item: T) => unknown },
): Record<string, unknown> {
  const size = Math.min(
    LARGEST_PAGE_SIZE,
    Math.max(1, Number(query.get('PageSize') ?? DEFAULT_PAGE_SIZE) || DEFAULT_PAGE_SIZE),
  );
  const page = Math.max(0, Number(query.get('Page') ?? 0) || 0);
  const start = startOf(newestFirst, query.get('PageToken'), page * size);
  const items = newestFirst.slice(start, start + size);
  const last = items.at(-1);
  const hasMore = last !== undefined && start + size < newestFirst.length;
  return {
    [key]: items.map(resource),
    page,
    page_size: size,
    start,
    end: start + Math.max(0, items.length - 1),
    uri: uriOf(path, query, size, page, query.get('PageToken')),
    first_page_uri: uriOf(path, query, size, 0, null),
    previous_page_uri: page === 0 ? null : uriOf(path, query, size, page - 1, null),
    next_page_uri: hasMore ? uriOf(path, query, size, page + 1, `PA${last.sid}`) : null,
  };
}

/** Read from the URL itself: names like `StartTime>` must survive. */
export function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://localhost').searchParams;
}

export function sidOf(request: Request): string {
  const { sid } = request.params;
  return typeof sid === 'string' ? sid : '';
}

/**
 * `Name`, `Name<` and `Name>` select whole days of UTC, whatever time stands behind the date: Twilio documents no finer
 * grain, so a client must not rely on one. What has no date yet is in no range.
 */
export function isInDays(rt: number | null, query: URLSearchParams, name: string): boolean {
  const [on, until, from] = [query.get(name), query.get(`${name}<`), query.get(`${name}>`)];
  if (on === null && until === null && from === null) return true;
  if (rt === null) return false;
  const day = dayOf(rt);
  return (
    (on === null || day === dayOf(Date.parse(on))) &&
    (until === null || day <= dayOf(Date.parse(until))) &&
    (from === null || day >= dayOf(Date.parse(from)))
  );
}

function dayOf(rt: number): number {
  return Math.floor(rt / DAY_MS);
}

function startOf(items: readonly Listed[], token: string | null, otherwise: number): number {
  const at = token === null ? -1 : items.findIndex((item) => `PA${item.sid}` === token);
  return at < 0 ? otherwise : at + 1;
}

function uriOf(path: string, query: URLSearchParams, size: number, page: number, token: string | null): string {
  const next = new URLSearchParams(query);
  next.delete('PageToken');
  next.set('PageSize', String(size));
  next.set('Page', String(page));
  if (token !== null) next.set('PageToken', token);
  return `${path}?${next.toString()}`;
}
