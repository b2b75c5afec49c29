import { Button, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Handoff, Page } from '../api/answers';
import { pathWith, useLive } from '../api/live';
import { Confirm, type Question } from '../parts/confirm';
import { Pager } from '../parts/pager';
import { type Column, Rows, Sub } from '../parts/rows';
import { Nothing, Standing } from '../parts/standing';
import { useTitle } from '../parts/title';
import { useMayEdit } from '../shell/who';
import { inWords, nameOf } from '../words/status';
import { dayAndTime } from '../words/time';

const LIMIT = 25;

/** Whatever waits for a person. */
export function HandoffsPage() {
  useTitle('Handoffs');
  const [trail, setTrail] = useState<readonly string[]>([]);
  const [question, setQuestion] = useState<Question | null>(null);
  const mayEdit = useMayEdit();
  const query = useLive<Page<Handoff>>(pathWith('/handoffs', { limit: LIMIT, cursor: trail.at(-1) }), {
    keepsPrevious: true,
  });
  const columns = mayEdit ? [...COLUMNS, handBackColumn(setQuestion)] : COLUMNS;
  return (
    <>
      <Title order={1}>Handoffs</Title>
      <Text size="sm" c="dimmed" mb="md">
        People who asked for one of you, replies that need a reader, calls whose outcome nobody told.
      </Text>
      <div className="surface">
        <Standing query={query} bars={6}>
          {({ items, nextCursor }) =>
            items.length === 0 ? (
              <Nothing title="Nothing waits for you">Whoever needs a person appears here.</Nothing>
            ) : (
              <>
                <Rows label="Handoffs" columns={columns} rows={items} keyOf={({ kind, id }) => `${kind} ${id}`} />
                <Pager trail={trail} nextCursor={nextCursor} onTurn={setTrail} />
              </>
            )
          }
        </Standing>
      </div>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

const KINDS: Readonly<Record<Handoff['kind'], string>> = {
  held: 'Outreach is held',
  unmatched: 'Belongs to nobody yet',
  untagged_call: 'Call without an outcome',
};

const REASONS: Readonly<Record<string, string>> = {
  handoff: 'Asked for a person',
  unclear_reply: 'The reply may mean stop',
  untagged: 'Nobody told how it came out',
};

const COLUMNS: readonly Column<Handoff>[] = [
  { label: 'Who', kind: 'main', cell: Who },
  {
    label: 'Why',
    cell: ({ kind, reason, heldUntilAt }) => (
      <>
        {REASONS[reason] ?? inWords(reason)}
        <Sub>
          {KINDS[kind]}
          {heldUntilAt === null ? '' : `, until ${dayAndTime(heldUntilAt)}`}
        </Sub>
      </>
    ),
  },
  { label: 'Since', kind: 'tight', cell: ({ at }) => dayAndTime(at) },
  {
    label: 'Last words',
    kind: 'wide',
    cell: ({ lastMessage }) => (lastMessage === null ? <Sub>None written</Sub> : `“${lastMessage}”`),
  },
];

function Who({ enrollmentId, contact }: Handoff) {
  if (enrollmentId === null) return contact === null ? 'Unknown' : nameOf(contact);
  return (
    <Link to="/enrollments/$enrollmentId" params={{ enrollmentId }} className="plain">
      {contact === null ? 'Contact' : nameOf(contact)}
    </Link>
  );
}

function handBackColumn(ask: (question: Question) => void): Column<Handoff> {
  return {
    label: 'Order',
    kind: 'tight',
    cell: ({ kind, enrollmentId, contact }) => {
      if (kind !== 'held' || enrollmentId === null) return null;
      const question: Question = {
        title: `Hand back: ${contact === null ? 'contact' : nameOf(contact)}?`,
        words: 'You have dealt with it: outreach goes on where it was held.',
        verb: 'Hand back',
        deed: { path: `/enrollments/${enrollmentId}/orders`, body: { order: 'hand_back' } },
      };
      return (
        <Button size="xs" variant="default" onClick={() => ask(question)}>
          Hand back
        </Button>
      );
    },
  };
}
