import { useEffect, useState } from 'react';
import type { Clock } from './answers';
import { useLive } from './live';

const LOOK_EVERY_MS = 4_000;

export interface BusinessTime {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly speed: number;
}

/** Business time, going on between two answers of the server at its own speed; null = not known yet. */
export function useBusinessTime(tickMs = 1_000): BusinessTime | null {
  const { data, dataUpdatedAt } = useLive<Clock>('/clock', { everyMs: LOOK_EVERY_MS });
  const [realNow, setRealNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setRealNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [tickMs]);
  if (data === undefined) return null;
  const passedMs = Math.max(0, realNow - dataUpdatedAt);
  return { now: Date.parse(data.nowAt) + passedMs * data.speed, speed: data.speed };
}
