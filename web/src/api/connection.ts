import { useSyncExternalStore } from 'react';

/** Whether the API answered the last time it was asked; null = it did, else what is known of the reason. */
type Loss = { readonly reason: string } | null;

let loss: Loss = null;
const listeners = new Set<() => void>();

export const connection = {
  lost(reason: string): void {
    if (loss?.reason !== reason) set({ reason });
  },
  found(): void {
    if (loss !== null) set(null);
  },
};

export function useConnectionLoss(): Loss {
  return useSyncExternalStore(subscribe, () => loss);
}

function set(next: Loss): void {
  loss = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
