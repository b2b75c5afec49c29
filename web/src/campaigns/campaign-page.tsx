import { Group, Stack, Tabs, Text, Title } from '@mantine/core';
import type { Campaign } from '../api/answers';
import { useLive } from '../api/live';
import { Card } from '../parts/card';
import { Crumbs } from '../parts/crumbs';
import { ProgressBar, ProgressLegend } from '../parts/progress-bar';
import { Standing } from '../parts/standing';
import { StatusPill } from '../parts/status-pill';
import { useTitle } from '../parts/title';
import { useMayEdit } from '../shell/who';
import { CAMPAIGN_STATUS, reasonInWords } from '../words/status';
import { dayAndTime } from '../words/time';
import { CampaignFigures } from './campaign-figures';
import { CampaignOrders } from './campaign-orders';
import { ContactTable } from './contact-table';
import { EndReasons } from './end-reasons';
import type { Filter } from './filter';
import { News } from './news';
import { RuleFirings } from './rule-firings';

interface CampaignPageProps {
  readonly campaignId: string;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

export function CampaignPage({ campaignId, filter, onFilter }: CampaignPageProps) {
  const query = useLive<Campaign>(`/campaigns/${campaignId}`);
  useTitle(query.data?.name);
  return (
    <Standing query={query} bars={8}>
      {(campaign) => (
        <Stack gap="lg">
          <Head campaign={campaign} />
          <Card title="Progress" aside={<ProgressLegend counts={campaign.counts} />}>
            <Stack gap="lg">
              <ProgressBar counts={campaign.counts} height={12} />
              <CampaignFigures counts={campaign.counts} />
              <EndReasons counts={campaign.counts} />
            </Stack>
          </Card>
          <Details campaignId={campaignId} filter={filter} onFilter={onFilter} />
          <News campaign={campaign} />
        </Stack>
      )}
    </Standing>
  );
}

function Head({ campaign }: { readonly campaign: Campaign }) {
  const { name, status, statusReason, subject, description, launchedAt, endedAt } = campaign;
  const facts = [
    subject,
    launchedAt === null ? 'not launched' : `launched ${dayAndTime(launchedAt)}`,
    ...(endedAt === null ? [] : [`ended ${dayAndTime(endedAt)}`]),
    ...(statusReason === null ? [] : [reasonInWords(statusReason).toLowerCase()]),
  ];
  const mayEdit = useMayEdit();
  return (
    <div>
      <Crumbs />
      <Group justify="space-between" align="flex-start" gap="md">
        <div style={{ minWidth: 0 }}>
          <Group gap="sm">
            <Title order={1}>{name}</Title>
            <StatusPill {...CAMPAIGN_STATUS[status]} />
          </Group>
          <Text size="sm" c="dimmed" mt={2}>
            {facts.join(' · ')}
          </Text>
          {description === '' ? null : (
            <Text size="sm" mt={6} maw="70ch">
              {description}
            </Text>
          )}
        </div>
        {mayEdit ? <CampaignOrders campaign={campaign} /> : null}
      </Group>
    </div>
  );
}

function Details({ campaignId, filter, onFilter }: CampaignPageProps) {
  return (
    <Tabs
      value={filter.show ?? 'contacts'}
      onChange={(tab) => onFilter(tab === 'rules' ? { ...filter, show: 'rules' } : without(filter))}
      keepMounted={false}
    >
      <Tabs.List mb="sm">
        <Tabs.Tab value="contacts">Contacts</Tabs.Tab>
        <Tabs.Tab value="rules">Rules fired</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="contacts">
        <ContactTable campaignId={campaignId} filter={filter} onFilter={onFilter} />
      </Tabs.Panel>
      <Tabs.Panel value="rules">
        <RuleFirings campaignId={campaignId} />
      </Tabs.Panel>
    </Tabs>
  );
}

function without({ show: _, ...filter }: Filter): Filter {
  return filter;
}
