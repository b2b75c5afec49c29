import { Anchor, Group, Text } from '@mantine/core';
import type { Enrollment } from '../api/answers';
import { useBusinessTime } from '../api/business-time';
import { Card } from '../parts/card';
import { OutIcon } from '../parts/icons';
import { ChannelIcon, headOf } from '../parts/next-step';
import { reasonsOf } from '../words/reasons';
import { reasonInWords } from '../words/status';
import { dayAndTime, distance } from '../words/time';
import classes from './enrollment-page.module.css';

/** What the planner says comes next, asked again with every look, and why. */
export function NextCard({ enrollment, zone }: { readonly enrollment: Enrollment; readonly zone: string }) {
  const { state, workflowUrl } = enrollment;
  return (
    <Card title={state === 'open' ? 'Next' : 'How it ended'} aside={<WorkflowLink url={workflowUrl} />}>
      {state === 'open' ? <Ahead enrollment={enrollment} zone={zone} /> : <Over enrollment={enrollment} zone={zone} />}
    </Card>
  );
}

function Ahead({ enrollment: { next }, zone }: { readonly enrollment: Enrollment; readonly zone: string }) {
  const time = useBusinessTime();
  return (
    <>
      <Group gap={9} wrap="nowrap" className={classes['next'] ?? ''}>
        {next.touch === null ? null : <ChannelIcon channel={next.touch.channel} size={20} />}
        <span>{headOf(next, zone)}</span>
      </Group>
      {time === null || next.askAt === null || next.decision !== 'wait' ? null : (
        <Text size="sm" c="dimmed" mt={2} className="numbers">
          {distance(next.askAt, time.now)}
        </Text>
      )}
      <ul className={classes['reasons']} aria-label="Why">
        {reasonsOf(next.sentence, zone)
          .replace(/\.$/, '')
          .split('; ')
          .map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
      </ul>
    </>
  );
}

function Over({
  enrollment: { state, reason, endedAt },
  zone,
}: {
  readonly enrollment: Enrollment;
  readonly zone: string;
}) {
  return (
    <>
      <div className={classes['next']}>{reasonInWords(reason ?? state)}</div>
      {endedAt === null ? null : (
        <Text size="sm" c="dimmed" mt={2}>
          {dayAndTime(endedAt, zone)}
        </Text>
      )}
    </>
  );
}

function WorkflowLink({ url }: { readonly url: string | null }) {
  if (url === null) return null;
  return (
    <Anchor href={url} target="_blank" rel="noreferrer" size="sm">
      <Group gap={5} wrap="nowrap">
        Workflow in Temporal
        <OutIcon size={14} />
      </Group>
    </Anchor>
  );
}
