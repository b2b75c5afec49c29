import { Tabs } from '@mantine/core';
import { Actions } from './actions';
import { Attempts } from './attempts';
import type { EnrollmentTab } from './tab';
import { Timeline } from './timeline';

interface StoryProps {
  readonly enrollmentId: string;
  readonly zone: string;
  readonly tab: EnrollmentTab | undefined;
  readonly onTab: (tab: EnrollmentTab | undefined) => void;
}

/** What has happened: as a story, as attempts, as actions. */
export function Story({ enrollmentId, zone, tab, onTab }: StoryProps) {
  return (
    <Tabs
      value={tab ?? 'timeline'}
      onChange={(value) => onTab(value === 'attempts' || value === 'actions' ? value : undefined)}
      keepMounted={false}
    >
      <Tabs.List mb="sm">
        <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
        <Tabs.Tab value="attempts">Attempts</Tabs.Tab>
        <Tabs.Tab value="actions">Actions</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="timeline">
        <Timeline enrollmentId={enrollmentId} zone={zone} />
      </Tabs.Panel>
      <Tabs.Panel value="attempts">
        <Attempts enrollmentId={enrollmentId} zone={zone} />
      </Tabs.Panel>
      <Tabs.Panel value="actions">
        <Actions enrollmentId={enrollmentId} zone={zone} />
      </Tabs.Panel>
    </Tabs>
  );
}
