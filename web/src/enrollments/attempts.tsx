import type { Attempt, Page } from '../api/answers';
import { useLive } from '../api/live';
import { ChannelIcon } from '../parts/next-step';
import { type Column, Rows, Sub } from '../parts/rows';
import { Nothing, Standing } from '../parts/standing';
import { StatusPill } from '../parts/status-pill';
import { attemptBadge, CHANNEL, OUTCOME } from '../words/status';
import { dayAndTime } from '../words/time';

/** Every try to reach the person, the newest first. */
export function Attempts({ enrollmentId, zone }: { readonly enrollmentId: string; readonly zone: string }) {
  const query = useLive<Page<Attempt>>(`/enrollments/${enrollmentId}/attempts`);
  return (
    <div className="surface">
      <Standing query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title="No attempt yet">Calls, texts and mails to this person appear here.</Nothing>
          ) : (
            <Rows label="Attempts" columns={columnsIn(zone)} rows={items.toReversed()} keyOf={({ id }) => id} />
          )
        }
      </Standing>
    </div>
  );
}

function columnsIn(zone: string): Column<Attempt>[] {
  return [
    {
      label: 'Attempt',
      kind: 'main',
      cell: ({ channel, touchKey, try: ordinal, to }) => (
        <>
          <span style={{ display: 'inline-flex', gap: 7, alignItems: 'center' }}>
            <ChannelIcon channel={channel} />
            {CHANNEL[channel]} {touchKey}
          </span>
          <Sub>
            to {to}
            {ordinal > 1 ? ` · try ${ordinal}` : ''}
          </Sub>
        </>
      ),
    },
    { label: 'At', kind: 'tight', cell: ({ claimedAt }) => dayAndTime(claimedAt, zone) },
    {
      label: 'Result',
      cell: (row) => (
        <>
          <StatusPill {...attemptBadge(row)} />
          <Sub>{detailOf(row)}</Sub>
        </>
      ),
    },
  ];
}

function detailOf({ outcome, durationSeconds, errorCode, errorDetail }: Attempt): string {
  return [
    ...(outcome === null ? [] : [OUTCOME[outcome]?.words ?? outcome]),
    ...(durationSeconds === null ? [] : [`${durationSeconds} s`]),
    ...(errorCode === null ? [] : [errorDetail ?? errorCode]),
  ].join(' · ');
}
