import { VisuallyHidden } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

const TAKES_MS = 700;

/** A number that walks calmly to its new value. Readers of the screen are told the true one. */
export function Figure({ value }: { readonly value: number }) {
  const shown = useWalking(value);
  return (
    <span className="numbers">
      <span aria-hidden="true" data-figure={value}>
        {shown.toLocaleString('en')}
      </span>
      <VisuallyHidden>{value.toLocaleString('en')}</VisuallyHidden>
    </span>
  );
}

function useWalking(value: number): number {
  const isStill = useReducedMotion();
  const [shown, setShown] = useState(value);
  const from = useRef(value);
  useEffect(() => {
    const begin = from.current;
    if (isStill === true || begin === value) {
      from.current = value;
      setShown(value);
      return;
    }
    const startedAt = performance.now();
    let frame = requestAnimationFrame(function walk(now) {
      const part = Math.min(1, Math.max(0, now - startedAt) / TAKES_MS);
      const eased = 1 - (1 - part) ** 3;
      from.current = Math.round(begin + (value - begin) * eased);
      setShown(from.current);
      if (part < 1) frame = requestAnimationFrame(walk);
    });
    return () => cancelAnimationFrame(frame);
  }, [value, isStill]);
  return shown;
}
