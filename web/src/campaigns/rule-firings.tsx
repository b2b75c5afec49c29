import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Page, RuleFiring } from '../api/answers';
import { pathWith, useLive } from '../api/live';
import { Pager } from '../parts/pager';
import { type Column, Rows, Sub } from '../parts/rows';
import { Nothing, Standing } from '../parts/standing';
import { StatusPill } from '../parts/status-pill';
import { actionInWords, EXECUTION, nameOf } from '../words/status';
import { dayAndTime } from '../words/time';
import classes from './rule-firings.module.css';

const LIMIT = 25;

/** Which rules fired, at what, and what became of their actions. */
export function RuleFirings({ campaignId }: { readonly campaignId: string }) {
  const [trail, setTrail] = useState<readonly string[]>([]);
  const path = pathWith(`/campaigns/${campaignId}/rule-firings`, { limit: LIMIT, cursor: trail.at(-1) });
  const query = useLive<Page<RuleFiring>>(path, { keepsPrevious: true });
  return (
    <div className="surface">
      <Standing query={query} bars={6}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Nothing title="No rule has fired yet">
              Rules fire on outcomes of calls, replies, forms and handoffs. Each one is listed here with its actions.
            </Nothing>
          ) : (
            <>
              <Rows
                label="Rules fired"
                columns={COLUMNS}
                rows={items}
                keyOf={({ enrollmentId, ruleKey, at }) => `${enrollmentId} ${ruleKey} ${at}`}
              />
              <Pager trail={trail} nextCursor={nextCursor} onTurn={setTrail} />
            </>
          )
        }
      </Standing>
    </div>
  );
}

const COLUMNS: readonly Column<RuleFiring>[] = [
  {
    label: 'When',
    kind: 'main',
    cell: ({ phrase, ruleKey }) => (
      <>
        {phrase}
        <Sub>rule {ruleKey}</Sub>
      </>
    ),
  },
  {
    label: 'Contact',
    cell: ({ enrollmentId, contact }) => (
      <Link to="/enrollments/$enrollmentId" params={{ enrollmentId }} className="plain">
        {nameOf(contact)}
      </Link>
    ),
  },
  { label: 'At', kind: 'tight', cell: ({ at }) => dayAndTime(at) },
  { label: 'Actions', kind: 'wide', cell: Actions },
];

function Actions({ actions }: RuleFiring) {
  if (actions.length === 0) return <Sub>None outside: it only changes what comes next</Sub>;
  return actions.map(({ id, kind, state, result, errorCode }) => (
    <div key={id} className={classes['action']}>
      <StatusPill {...EXECUTION[state]} />
      <span>
        {actionInWords(kind)}
        <Sub>{result ?? errorCode ?? ''}</Sub>
      </span>
    </div>
  ));
}
