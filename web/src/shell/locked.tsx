import { Alert } from '@mantine/core';
import type { Recovery } from '../api/answers';
import { useLive } from '../api/live';

/** Says that a database was restored or lost, and that nothing is sent until somebody has it recovered. */
export function Locked() {
  const { data } = useLive<Recovery>('/recovery', { everyMs: 10_000 });
  return (
    <div role="status" aria-live="polite">
      {data === undefined || !data.locked ? null : (
        <Alert color="red" variant="filled" radius={0} py={8} title="Locked for recovery">
          {data.sentence}. Nothing is sent, and what people say is heard.{' '}
          {data.wantedBy === null ? 'An admin has to run the recovery.' : 'The recovery is under way.'}
        </Alert>
      )}
    </div>
  );
}
