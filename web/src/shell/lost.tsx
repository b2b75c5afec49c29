import { Alert, Loader } from '@mantine/core';
import { useConnectionLoss } from '../api/connection';

/** Says that the server is away; what is on the page stays and goes on by itself when it is back. */
export function Lost() {
  const loss = useConnectionLoss();
  return (
    <div role="status" aria-live="polite">
      {loss === null ? null : (
        <Alert
          color="red"
          variant="light"
          radius={0}
          py={8}
          icon={<Loader size={14} color="red" aria-hidden="true" />}
          title="The server does not answer"
        >
          {loss.reason === '' ? '' : `It says: ${loss.reason}. `}What you see may be old. Trying again until it is back.
        </Alert>
      )}
    </div>
  );
}
