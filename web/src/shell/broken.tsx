import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Nothing } from '../parts/standing';

/** A fault of ours in showing something; the rest of the page goes on. */
export function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <Nothing title="This can not be shown">
      {error instanceof Error ? error.message : 'Nothing more is known.'}
      <br />
      <Button mt="sm" size="xs" variant="default" onClick={reset}>
        Try again
      </Button>
    </Nothing>
  );
}
