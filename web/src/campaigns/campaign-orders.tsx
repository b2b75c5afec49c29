import { Button, Group } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Campaign, CampaignStatus } from '../api/answers';
import { Confirm, type Question } from '../parts/confirm';
import { PauseIcon, PlayIcon, StopIcon } from '../parts/icons';

type Verb = 'launch' | 'pause' | 'resume' | 'stop';

const POSSIBLE: Readonly<Record<CampaignStatus, readonly Verb[]>> = {
  draft: ['launch'],
  active: ['pause', 'stop'],
  paused: ['resume', 'stop'],
  completed: [],
  archived: [],
};

interface Order {
  readonly verb: string;
  readonly icon: ReactNode;
  readonly words: string;
  readonly isGrave?: boolean;
}

const ORDERS: Readonly<Record<Verb, Order>> = {
  launch: {
    verb: 'Launch',
    icon: <PlayIcon size={14} />,
    words:
      'Its plan is frozen as version 1 and everybody on its list is enrolled. Outreach begins as soon as the hours allow.',
  },
  pause: {
    verb: 'Pause',
    icon: <PauseIcon size={14} />,
    words: 'Nothing new is begun. Calls that are under way come to their end, and replies are still taken in.',
  },
  resume: { verb: 'Resume', icon: <PlayIcon size={14} />, words: 'Everybody is planned anew from now.' },
  stop: {
    verb: 'Stop',
    icon: <StopIcon size={14} />,
    words: 'This ends the campaign for everybody in it, for good. It can not be resumed.',
    isGrave: true,
  },
};

/** What an editor may do with the campaign, each after a second look. */
export function CampaignOrders({ campaign }: { readonly campaign: Campaign }) {
  const [question, setQuestion] = useState<Question | null>(null);
  return (
    <Group gap="xs">
      {POSSIBLE[campaign.status].map((name) => (
        <Button
          key={name}
          size="sm"
          variant={name === 'launch' || name === 'resume' ? 'filled' : 'default'}
          leftSection={ORDERS[name].icon}
          onClick={() => setQuestion(questionOf(name, campaign))}
        >
          {ORDERS[name].verb}
        </Button>
      ))}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Group>
  );
}

function questionOf(name: Verb, { id, name: campaign }: Campaign): Question {
  const { verb, words, isGrave = false } = ORDERS[name];
  return {
    title: `${verb} “${campaign}”?`,
    words,
    verb: `${verb} campaign`,
    isGrave,
    deed: { path: `/campaigns/${id}/${name}` },
  };
}
