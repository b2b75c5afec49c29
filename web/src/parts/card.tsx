import { Group, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './card.module.css';

interface CardProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export function Card({ title, aside, children }: CardProps) {
  const id = useId();
  return (
    <section className={`surface ${classes['card']}`} aria-labelledby={id}>
      <Group justify="space-between" gap="xs" className={classes['head'] ?? ''}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {aside}
      </Group>
      <div className={classes['body']}>{children}</div>
    </section>
  );
}
