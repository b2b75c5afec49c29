import { keepPreviousData, type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from './client';

const LOOK_EVERY_MS = 2_000;

export interface LiveOptions {
  readonly everyMs?: number;
  /** Another page or filter of the same thing: what is shown stays until the new rows are there. */
  readonly keepsPrevious?: boolean;
  readonly enabled?: boolean;
}

/** What the API answers to this path, asked again every two seconds while the page can be seen. */
export function useLive<T>(
  path: string,
  { everyMs = LOOK_EVERY_MS, keepsPrevious = false, enabled = true }: LiveOptions = {},
) {
  return useQuery({
    queryKey: ['live', path],
    queryFn: ({ signal }) => ask<T>('GET', path, { signal }),
    refetchInterval: everyMs,
    enabled,
    ...(keepsPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

export interface Deed {
  readonly path: string;
  readonly body?: unknown;
}

/** Does something once, however often its request has to be repeated, and has everything on the page asked again. */
export function useDeed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body, onceKey }: Deed & { onceKey: string }) =>
      ask<unknown>('POST', path, { onceKey, ...(body === undefined ? {} : { body }) }),
    onSettled: () => refresh(client),
  });
}

function refresh(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: ['live'] });
}

/** The path with those parameters that have a value. */
export function pathWith(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query === '' ? path : `${path}?${query}`;
}
