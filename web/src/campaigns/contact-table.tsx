import { Group, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { EnrollmentSummary, Page } from '../api/answers';
import { pathWith, useLive } from '../api/live';
import { SearchIcon } from '../parts/icons';
import { NextStep } from '../parts/next-step';
import { Pager } from '../parts/pager';
import { type Column, Rows, Sub } from '../parts/rows';
import { Nothing, Standing } from '../parts/standing';
import { StatusPill } from '../parts/status-pill';
import { enrollmentBadge, nameOf } from '../words/status';
import { type Filter, isState } from './filter';

const LIMIT = 25;
const TYPING_MS = 250;

interface ContactTableProps {
  readonly campaignId: string;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

export function ContactTable({ campaignId, filter, onFilter }: ContactTableProps) {
  const [trail, setTrail] = useState<readonly string[]>([]);
  const { state, find } = filter;
  const path = pathWith(`/campaigns/${campaignId}/enrollments`, {
    state,
    query: find,
    limit: LIMIT,
    cursor: trail.at(-1),
  });
  const query = useLive<Page<EnrollmentSummary>>(path, { keepsPrevious: true });
  const refine = (next: Filter) => {
    setTrail([]);
    onFilter(next);
  };
  return (
    <div className="surface">
      <Controls filter={filter} onFilter={refine} />
      <Standing query={query} bars={8}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty filter={filter} />
          ) : (
            <>
              <Rows label="Contacts" columns={COLUMNS} rows={items} keyOf={({ id }) => id} />
              <Pager trail={trail} nextCursor={nextCursor} onTurn={setTrail} />
            </>
          )
        }
      </Standing>
    </div>
  );
}

const STATES = [
  { value: 'all', label: 'All' },
  { value: 'open', label: 'Open' },
  { value: 'ended', label: 'Ended' },
  { value: 'rejected', label: 'Rejected' },
];

function Controls({ filter, onFilter }: { readonly filter: Filter; readonly onFilter: (filter: Filter) => void }) {
  const [typed, setTyped] = useState(filter.find ?? '');
  const find = useDebouncedCallback((text: string) => onFilter(filterOf(filter.state, text)), TYPING_MS);
  return (
    <Group gap="sm" p="sm" px="md">
      <SegmentedControl
        size="xs"
        aria-label="State"
        data={STATES}
        value={filter.state ?? 'all'}
        onChange={(state) => onFilter(filterOf(state, typed))}
      />
      <TextInput
        size="xs"
        flex="1 1 180px"
        maw={320}
        aria-label="Find contacts"
        placeholder="Name or external id"
        leftSection={<SearchIcon size={14} />}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          find(value);
        }}
      />
    </Group>
  );
}

function filterOf(state: string | undefined, typed: string): Filter {
  const find = typed.trim();
  return { ...(isState(state) ? { state } : {}), ...(find === '' ? {} : { find }) };
}

function Empty({ filter: { state, find } }: { readonly filter: Filter }) {
  if (state === undefined && find === undefined)
    return <Nothing title="Nobody is enrolled yet">A launch enrolls everybody on the campaign’s list.</Nothing>;
  return <Nothing title="Nobody is found">No contact of this campaign matches the filter.</Nothing>;
}

const COLUMNS: readonly Column<EnrollmentSummary>[] = [
  {
    label: 'Contact',
    kind: 'main',
    cell: ({ id, contact, cases }) => (
      <>
        <Link to="/enrollments/$enrollmentId" params={{ enrollmentId: id }} className="plain">
          {nameOf(contact)}
        </Link>
        <Sub>{cases.map(({ externalId }) => externalId).join(', ')}</Sub>
      </>
    ),
  },
  { label: 'State', kind: 'tight', cell: (row) => <StatusPill {...enrollmentBadge(row)} /> },
  { label: 'Next', kind: 'wide', cell: (row) => <NextStep row={row} /> },
];
