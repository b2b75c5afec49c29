import { Text } from '@mantine/core';
import type { Counts } from '../api/answers';
import { Figure } from '../parts/figure';
import { OUTCOME, reasonInWords } from '../words/status';
import classes from './end-reasons.module.css';

/** Why people are through, and how their calls were judged. */
export function EndReasons({ counts: { reasons, outcomes } }: { readonly counts: Counts }) {
  return (
    <div className={classes['tallies']}>
      <Tally title="Why contacts have ended" counts={reasons} words={reasonInWords} />
      <Tally title="How their calls came out" counts={outcomes} words={(code) => OUTCOME[code]?.words ?? code} />
    </div>
  );
}

interface TallyProps {
  readonly title: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly words: (code: string) => string;
}

function Tally({ title, counts, words }: TallyProps) {
  const entries = Object.entries(counts).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed" mb={6}>
        {title}
      </Text>
      <ul className={classes['reasons']} aria-label={title}>
        {entries.map(([code, count]) => (
          <li key={code}>
            {words(code)}{' '}
            <b>
              <Figure value={count} />
            </b>
          </li>
        ))}
      </ul>
    </div>
  );
}
