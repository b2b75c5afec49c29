import type { Execution, Page } from '../api/answers';
import { pathWith, useLive } from '../api/live';
import { type Column, Rows, Sub } from '../parts/rows';
import { Nothing, Standing } from '../parts/standing';
import { StatusPill } from '../parts/status-pill';
import { actionInWords, counted, EXECUTION } from '../words/status';
import { dayAndTime } from '../words/time';

/** A plan fires a few dozen at the most. */
const LIMIT = 200;

/** What rules ordered for the person, and what became of it. */
export function Actions({ enrollmentId, zone }: { readonly enrollmentId: string; readonly zone: string }) {
  const query = useLive<Page<Execution>>(pathWith(`/enrollments/${enrollmentId}/executions`, { limit: LIMIT }));
  return (
    <div className="surface">
      <Standing query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title="No action yet">
              What rules order for this person, such as a status in the CRM, appears here.
            </Nothing>
          ) : (
            <Rows label="Actions" columns={columnsIn(zone)} rows={items.toReversed()} keyOf={({ id }) => id} />
          )
        }
      </Standing>
    </div>
  );
}

function columnsIn(zone: string): Column<Execution>[] {
  return [
    {
      label: 'Action',
      kind: 'main',
      cell: ({ kind, payload, ruleKey }) => (
        <>
          {actionInWords(kind)}
          <Sub>
            {Object.values(payload).join(' · ')}
            {ruleKey === null ? '' : ` (rule ${ruleKey})`}
          </Sub>
        </>
      ),
    },
    { label: 'Ordered', kind: 'tight', cell: ({ at }) => dayAndTime(at, zone) },
    {
      label: 'Result',
      kind: 'wide',
      cell: ({ state, tries, result, errorCode, errorDetail }) => (
        <>
          <StatusPill {...EXECUTION[state]} />
          <Sub>
            {[result ?? errorDetail ?? errorCode ?? '', ...(tries > 1 ? [counted(tries, 'try', 'tries')] : [])]
              .filter(Boolean)
              .join(' · ')}
          </Sub>
        </>
      ),
    },
  ];
}
