import { Button, Group, Text } from '@mantine/core';
import { LeftIcon, RightIcon } from './icons';

interface PagerProps {
  /** The cursors of the pages that lead here; empty = this is the first. */
  readonly trail: readonly string[];
  readonly nextCursor: string | null;
  readonly onTurn: (trail: readonly string[]) => void;
}

/** Page by page: the API hands out cursors and knows no page numbers. */
export function Pager({ trail, nextCursor, onTurn }: PagerProps) {
  if (trail.length === 0 && nextCursor === null) return null;
  return (
    <Group justify="space-between" gap="xs" px="md" py="sm" component="nav" aria-label="Pages">
      <Button
        variant="default"
        size="xs"
        leftSection={<LeftIcon size={14} />}
        disabled={trail.length === 0}
        onClick={() => onTurn(trail.slice(0, -1))}
      >
        Before
      </Button>
      <Text size="xs" c="dimmed" aria-live="polite">
        Page {trail.length + 1}
      </Text>
      <Button
        variant="default"
        size="xs"
        rightSection={<RightIcon size={14} />}
        disabled={nextCursor === null}
        onClick={() => nextCursor !== null && onTurn([...trail, nextCursor])}
      >
        Next
      </Button>
    </Group>
  );
}
