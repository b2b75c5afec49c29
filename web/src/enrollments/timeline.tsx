import { Button, Center } from '@mantine/core';
import { useState } from 'react';
import type { Attempt, Page, TimelineEntry } from '../api/answers';
import { useLive } from '../api/live';
import { AlertIcon, ClockIcon, MailIcon, PersonIcon, PhoneIcon, RuleIcon, TextIcon } from '../parts/icons';
import { Nothing, Standing } from '../parts/standing';
import { dayOf, timeOf } from '../words/time';
import { actorInWords, tell } from '../words/timeline';
import classes from './timeline.module.css';

/** A contact has a few dozen entries; the API tells the oldest first. */
const LIMIT = 200;
const SHOWN_AT_FIRST = 40;

export function Timeline({ enrollmentId, zone }: { readonly enrollmentId: string; readonly zone: string }) {
  const query = useLive<Page<TimelineEntry>>(`/enrollments/${enrollmentId}/timeline?limit=${LIMIT}`);
  const { data: attempts } = useLive<Page<Attempt>>(`/enrollments/${enrollmentId}/attempts`);
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  return (
    <div className="surface">
      <Standing query={query} bars={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title="Nothing has happened yet">
              Calls, messages, replies and rules appear here as they happen.
            </Nothing>
          ) : (
            <>
              <Days entries={items.toReversed().slice(0, shown)} attempts={attempts?.items ?? []} zone={zone} />
              {items.length > shown ? (
                <Center pb="sm">
                  <Button variant="subtle" size="xs" onClick={() => setShown(items.length)}>
                    Show all {items.length}
                  </Button>
                </Center>
              ) : null}
            </>
          )
        }
      </Standing>
    </div>
  );
}

interface DaysProps {
  readonly entries: readonly TimelineEntry[];
  readonly attempts: readonly Attempt[];
  readonly zone: string;
}

function Days({ entries, attempts, zone }: DaysProps) {
  return [...byDay(entries, zone)].map(([day, ofDay]) => (
    <section key={day} aria-label={day}>
      <h2 className={classes['day']}>{day}</h2>
      <ol className={classes['entries']}>
        {ofDay.map((entry) => (
          <Entry key={entry.id} entry={entry} attempt={attempts.find(({ id }) => id === entry.attemptId)} zone={zone} />
        ))}
      </ol>
    </section>
  ));
}

const SIGNS = {
  call: PhoneIcon,
  text: TextIcon,
  mail: MailIcon,
  person: PersonIcon,
  rule: RuleIcon,
  alert: AlertIcon,
  clock: ClockIcon,
} as const;

interface EntryProps {
  readonly entry: TimelineEntry;
  readonly attempt: Attempt | undefined;
  readonly zone: string;
}

function Entry({ entry, attempt, zone }: EntryProps) {
  const { title, detail, tone, sign } = tell(entry, attempt);
  const Sign = SIGNS[sign];
  const actor = actorInWords(entry.actor);
  return (
    <li className={classes['entry']}>
      <time dateTime={entry.at} className={`${classes['time']} numbers`}>
        {timeOf(entry.at, zone)}
      </time>
      <span className={`${classes['sign']} ${classes[tone] ?? ''}`}>
        <Sign size={15} />
      </span>
      <div className={classes['words']}>
        {title}
        <div className={classes['detail']}>{[detail, actor].filter(Boolean).join(' · ')}</div>
      </div>
    </li>
  );
}

function byDay(entries: readonly TimelineEntry[], zone: string): Map<string, TimelineEntry[]> {
  const days = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    const day = dayOf(entry.at, zone);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return days;
}
