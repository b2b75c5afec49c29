import { Group, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { CampaignSummary, Page } from '../api/answers';
import { pathWith, useLive } from '../api/live';
import { Figure } from '../parts/figure';
import { Pager } from '../parts/pager';
import { ProgressBar } from '../parts/progress-bar';
import { type Column, Rows, Sub } from '../parts/rows';
import { Nothing, Standing } from '../parts/standing';
import { StatusPill } from '../parts/status-pill';
import { useTitle } from '../parts/title';
import { CAMPAIGN_STATUS, reasonInWords } from '../words/status';
import { dayAndTime } from '../words/time';

const LIMIT = 25;

export function CampaignsPage() {
  useTitle('Campaigns');
  const [trail, setTrail] = useState<readonly string[]>([]);
  const path = pathWith('/campaigns', { limit: LIMIT, cursor: trail.at(-1) });
  const query = useLive<Page<CampaignSummary>>(path, { keepsPrevious: true });
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1}>Campaigns</Title>
      </Group>
      <div className="surface">
        <Standing query={query} bars={6}>
          {({ items, nextCursor }) =>
            items.length === 0 ? (
              <Nothing title="No campaign yet">
                One that is made through the API appears here, as a draft, and can be launched from its page.
              </Nothing>
            ) : (
              <>
                <Rows label="Campaigns" columns={COLUMNS} rows={items} keyOf={({ id }) => id} />
                <Pager trail={trail} nextCursor={nextCursor} onTurn={setTrail} />
              </>
            )
          }
        </Standing>
      </div>
    </>
  );
}

const COLUMNS: readonly Column<CampaignSummary>[] = [
  {
    label: 'Campaign',
    kind: 'main',
    cell: ({ id, name, subject, launchedAt }) => (
      <>
        <Link to="/campaigns/$campaignId" params={{ campaignId: id }} className="plain">
          {name}
        </Link>
        <Sub>
          {subject}
          {launchedAt === null ? '' : ` · launched ${dayAndTime(launchedAt)}`}
        </Sub>
      </>
    ),
  },
  {
    label: 'Status',
    kind: 'tight',
    cell: ({ status, statusReason }) => (
      <>
        <StatusPill {...CAMPAIGN_STATUS[status]} />
        {statusReason === null ? null : <Sub>{reasonInWords(statusReason)}</Sub>}
      </>
    ),
  },
  { label: 'Progress', kind: 'wide', cell: Progress },
  { label: 'Reached', kind: 'number', cell: ({ counts }) => <Count value={counts?.reached} /> },
  { label: 'Converted', kind: 'number', cell: ({ counts }) => <Count value={counts?.outcomes['converted'] ?? 0} /> },
  { label: 'Rules fired', kind: 'number', cell: ({ counts }) => <Count value={counts?.rulesFired} /> },
];

function Progress({ counts, status }: CampaignSummary) {
  if (counts === null)
    return (
      <Text size="sm" c="dimmed">
        {status === 'draft' ? 'Nothing happens before it is launched' : 'Being counted'}
      </Text>
    );
  return (
    <div style={{ minWidth: 180 }}>
      <ProgressBar counts={counts} />
      <Sub>
        <Figure value={counts.ended} /> of <Figure value={counts.enrolled} /> ended
        {counts.open > 0 ? (
          <>
            {' '}
            · <Figure value={counts.open} /> open
          </>
        ) : null}
      </Sub>
    </div>
  );
}

function Count({ value }: { readonly value: number | undefined }) {
  return value === undefined ? <span aria-label="not counted">–</span> : <Figure value={value} />;
}
