import { Center, Loader, Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useSession, useSignIn } from '../api/session';
import { Lost } from './lost';
import { SignIn } from './sign-in';
import { WhoContext } from './who';

interface GateProps {
  /** From the link that was opened: signs in by itself. */
  readonly linkKey: string | null;
  readonly children: ReactNode;
}

/** Lets nobody in who has not signed in. The address stays what it was, so a link leads on after the sign-in. */
export function Gate({ linkKey, children }: GateProps) {
  const [pendingKey, setPendingKey] = useState(linkKey);
  const [failure, setFailure] = useState<string | null>(null);
  const signIn = useSignIn();
  const { data: session, isPending } = useSession(pendingKey === null);

  useEffect(() => {
    if (pendingKey === null) return;
    let isStale = false;
    signIn(pendingKey)
      .catch((error: unknown) => {
        if (!isStale) setFailure(error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        if (!isStale) setPendingKey(null);
      });
    return () => {
      isStale = true;
    };
  }, [pendingKey, signIn]);

  if (pendingKey !== null || isPending) return <Opening />;
  if (session === null || session === undefined) return <SignIn failure={failure} />;
  return <WhoContext value={session}>{children}</WhoContext>;
}

function Opening() {
  return (
    <Center mih="100dvh">
      <Stack align="center" gap="xs">
        <Lost />
        <Loader size="sm" type="dots" aria-hidden="true" />
        <Text size="sm" c="dimmed" role="status">
          Signing in
        </Text>
      </Stack>
    </Center>
  );
}
