import { createContext, useContext } from 'react';
import type { Session } from '../api/answers';

export const WhoContext = createContext<Session | null>(null);

/** Who is signed in; only below the gate. */
export function useWho(): Session {
  const session = useContext(WhoContext);
  if (session === null) throw new Error('nobody is signed in');
  return session;
}

export function useMayEdit(): boolean {
  return useWho().role !== 'viewer';
}
