import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Session } from './answers';
import { ask, Problem } from './client';

const SESSION = ['session'];
const LOOK_EVERY_MS = 60_000;

/** Who is signed in; null = nobody. The browser keeps the cookie, no script can read it. */
export function useSession(enabled: boolean) {
  return useQuery({
    queryKey: SESSION,
    enabled,
    queryFn: ({ signal }) => ask<Session>('GET', '/session', { signal }).catch(nobodyIfUnauthorized),
    refetchInterval: ({ state }) => (state.status === 'error' ? 2_000 : LOOK_EVERY_MS),
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useCallback(
    async (apiKey: string) => {
      client.setQueryData(SESSION, await ask<Session>('POST', '/session', { body: { apiKey } }));
    },
    [client],
  );
}

export function useSignOut() {
  const client = useQueryClient();
  return async () => {
    await ask('DELETE', '/session');
    forgetSession(client);
  };
}

/** What the session showed goes with it. */
export function forgetSession(client: QueryClient): void {
  client.setQueryData(SESSION, null);
  client.removeQueries({ queryKey: ['live'] });
}

export function isUnauthorized(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}

/** The key that a link such as `/#key=…` brings, taken out of the address bar and the history at once; null = it brings none. */
export function takeKeyFromAddress(): string | null {
  const key = new URLSearchParams(window.location.hash.slice(1)).get('key');
  if (key !== null) window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return key;
}

function nobodyIfUnauthorized(error: unknown): null {
  if (isUnauthorized(error)) return null;
  throw error;
}
