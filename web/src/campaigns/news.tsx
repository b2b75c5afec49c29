import { VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Campaign } from '../api/answers';
import { CAMPAIGN_STATUS } from '../words/status';

const EVERY_MS = 15_000;

/** Tells readers of the screen how the campaign stands: at once when its status changes, else calmly, for numbers change every moment. */
export function News({ campaign: { status, counts } }: { readonly campaign: Campaign }) {
  const words = `${CAMPAIGN_STATUS[status].words}. ${counts.ended} of ${counts.enrolled} contacts have ended.`;
  const latest = useRef(words);
  const [told, setTold] = useState(words);
  useEffect(() => {
    latest.current = words;
  }, [words]);
  useEffect(() => {
    setTold(latest.current);
    const timer = setInterval(() => setTold(latest.current), EVERY_MS);
    return () => clearInterval(timer);
  }, [status]);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {told}
    </VisuallyHidden>
  );
}
