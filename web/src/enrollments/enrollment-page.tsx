import { Group, Stack, Text, Title } from '@mantine/core';
import type { Campaign, Contact, Enrollment } from '../api/answers';
import { useLive } from '../api/live';
import { Card } from '../parts/card';
import { Crumbs } from '../parts/crumbs';
import { Standing } from '../parts/standing';
import { StatusPill } from '../parts/status-pill';
import { useTitle } from '../parts/title';
import { useMayEdit } from '../shell/who';
import { counted, enrollmentBadge, nameOf } from '../words/status';
import { OWN_ZONE } from '../words/time';
import { EnrollmentOrders } from './enrollment-orders';
import classes from './enrollment-page.module.css';
import { NextCard } from './next-card';
import { Person } from './person';
import { Story } from './story';
import type { EnrollmentTab } from './tab';

interface EnrollmentPageProps {
  readonly enrollmentId: string;
  readonly tab: EnrollmentTab | undefined;
  readonly onTab: (tab: EnrollmentTab | undefined) => void;
}

const SELDOM_MS = 20_000;

/** One contact in one campaign. Times are the person's own, where it is known where the person is. */
export function EnrollmentPage({ enrollmentId, tab, onTab }: EnrollmentPageProps) {
  const query = useLive<Enrollment>(`/enrollments/${enrollmentId}`);
  const contactId = query.data?.contact.id;
  const { data: contact } = useLive<Contact>(`/contacts/${contactId}`, {
    everyMs: SELDOM_MS,
    enabled: contactId !== undefined,
  });
  useTitle(query.data === undefined ? undefined : nameOf(query.data.contact));
  const zone = contact?.places.zones[0] ?? OWN_ZONE;
  return (
    <Standing query={query} bars={8}>
      {(enrollment) => (
        <Stack gap="lg">
          <Head enrollment={enrollment} />
          <div className={classes['columns']}>
            <Stack gap="lg" miw={0}>
              <NextCard enrollment={enrollment} zone={zone} />
              <Story enrollmentId={enrollmentId} zone={zone} tab={tab} onTab={onTab} />
            </Stack>
            <Card title="Person">{contact === undefined ? null : <Person contact={contact} zone={zone} />}</Card>
          </div>
        </Stack>
      )}
    </Standing>
  );
}

function Head({ enrollment }: { readonly enrollment: Enrollment }) {
  const { contact, cases, campaignId } = enrollment;
  const { data: campaign } = useLive<Campaign>(`/campaigns/${campaignId}`, { everyMs: SELDOM_MS });
  const ids = cases.map(({ externalId }) => externalId).join(', ');
  const mayEdit = useMayEdit();
  return (
    <div>
      <Crumbs campaign={{ id: campaignId, name: campaign?.name ?? 'Campaign' }} />
      <Group justify="space-between" align="flex-start" gap="md">
        <div>
          <Group gap="sm">
            <Title order={1}>{nameOf(contact)}</Title>
            <StatusPill {...enrollmentBadge(enrollment)} />
          </Group>
          <Text size="sm" c="dimmed" mt={2}>
            {cases.length === 0 ? 'without a case' : `${counted(cases.length, 'case')}: ${ids}`}
          </Text>
        </div>
        {mayEdit && campaign !== undefined ? <EnrollmentOrders enrollment={enrollment} /> : null}
      </Group>
    </div>
  );
}
