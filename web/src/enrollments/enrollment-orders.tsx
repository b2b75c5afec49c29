import { Button, Group, Menu } from '@mantine/core';
import { useState } from 'react';
import type { Enrollment } from '../api/answers';
import { Confirm, type Question } from '../parts/confirm';
import { DotsIcon } from '../parts/icons';
import { nameOf } from '../words/status';

type OrderName = 'hand_back' | 'stop_calls' | 'stop_messaging' | 'complete' | 'resume';

interface Order {
  readonly verb: string;
  readonly words: string;
  readonly isGrave?: boolean;
}

const ORDERS: Readonly<Record<OrderName, Order>> = {
  hand_back: { verb: 'Hand back', words: 'You have dealt with it: outreach goes on where it was held.' },
  stop_calls: { verb: 'Stop calls', words: 'No more calls in this campaign; its messages go on.' },
  stop_messaging: { verb: 'Stop messages', words: 'No more texts and mails in this campaign; its calls go on.' },
  complete: {
    verb: 'Complete',
    words: 'The contact is through: nothing more is done in this campaign.',
    isGrave: true,
  },
  resume: { verb: 'Resume outreach', words: 'Takes up again what was stopped or has ended, as far as the plan goes.' },
};

function possible({ state, next, heldUntilAt, callsStoppedAt, messagesStoppedAt }: Enrollment): OrderName[] {
  if (state === 'rejected') return [];
  if (state === 'ended') return ['resume'];
  return [
    ...(next.decision === 'hold' && heldUntilAt !== null ? (['hand_back'] as const) : []),
    ...(callsStoppedAt === null ? (['stop_calls'] as const) : []),
    ...(messagesStoppedAt === null ? (['stop_messaging'] as const) : []),
    ...(callsStoppedAt !== null || messagesStoppedAt !== null ? (['resume'] as const) : []),
    'complete',
  ];
}

/** What an editor may order about one contact, each after a second look. */
export function EnrollmentOrders({ enrollment }: { readonly enrollment: Enrollment }) {
  const [question, setQuestion] = useState<Question | null>(null);
  const orders = possible(enrollment);
  const ask = (name: OrderName) => setQuestion(questionOf(name, enrollment));
  if (orders.length === 0) return null;
  return (
    <Group gap="xs">
      {orders.includes('hand_back') ? (
        <Button size="sm" onClick={() => ask('hand_back')}>
          {ORDERS.hand_back.verb}
        </Button>
      ) : null}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="sm" variant="default" leftSection={<DotsIcon />}>
            Orders
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {orders.map((name) => (
            <Menu.Item key={name} onClick={() => ask(name)}>
              {ORDERS[name].verb}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Group>
  );
}

function questionOf(name: OrderName, { id, contact }: Enrollment): Question {
  const { verb, words, isGrave = false } = ORDERS[name];
  return {
    title: `${verb}: ${nameOf(contact)}?`,
    words,
    verb,
    isGrave,
    deed: { path: `/enrollments/${id}/orders`, body: { order: name } },
  };
}
