import { Alert, Button, Center, Skeleton, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from '../api/client';
import { AlertIcon } from './icons';

interface StandingProps<T> {
  readonly query: UseQueryResult<T>;
  /** How many bars stand in for what is on its way. */
  readonly bars?: number;
  readonly children: (data: T) => ReactNode;
}

/** What a question has come to: on its way, refused, or answered. What was answered once stays, also while the server is away. */
export function Standing<T>({ query, bars = 4, children }: StandingProps<T>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error === null) return <Waiting bars={bars} />;
  return <Refused error={error} onRetry={() => void refetch()} />;
}

function Waiting({ bars }: { readonly bars: number }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-label="Loading">
      {Array.from({ length: bars }, (_, bar) => (
        <Skeleton key={bar} height={bar === 0 ? 22 : 14} width={bar === 0 ? '40%' : `${92 - bar * 6}%`} />
      ))}
    </Stack>
  );
}

function Refused({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const title = error instanceof Problem ? error.title : 'This could not be loaded';
  return (
    <Alert color="red" variant="light" icon={<AlertIcon />} title={title} m="md">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{error.message}</Text>
        <Button size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      </Stack>
    </Alert>
  );
}

/** Nothing is there, and what that means. */
export function Nothing({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Center py={48} px="md">
      <Stack gap={4} align="center" maw={420}>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed" ta="center">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}
