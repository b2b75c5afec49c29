import { Alert, Button, Center, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Problem } from '../api/client';
import { useSignIn } from '../api/session';
import { Lost } from './lost';
import { Mark } from './mark';

/** `failure`: why the link that was opened did not sign in. */
export function SignIn({ failure }: { readonly failure: string | null }) {
  const [apiKey, setApiKey] = useState('');
  const [refusal, setRefusal] = useState(failure);
  const [isPending, setIsPending] = useState(false);
  const signIn = useSignIn();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (apiKey.trim() === '') return setRefusal('Paste an API key first.');
    setIsPending(true);
    try {
      await signIn(apiKey.trim());
    } catch (error) {
      setRefusal(inWords(error));
      setIsPending(false);
    }
  }

  return (
    <>
      <Lost />
      <Center mih="90dvh" p="md" component="main">
        <form className="surface" style={{ width: '100%', maxWidth: 400, padding: 28 }} onSubmit={submit}>
          <Stack gap="md">
            <Group gap="sm">
              <Mark size={30} />
              <Title order={1} size="h3">
                Followthrough
              </Title>
            </Group>
            <Text size="sm" c="dimmed">
              Sign in with an API key. This browser keeps a session for it, never the key itself.
            </Text>
            {refusal === null ? null : (
              <Alert color="red" variant="light" role="alert" p="sm">
                {refusal}
              </Alert>
            )}
            <PasswordInput
              label="API key"
              description="Begins with ft_. The first one is in the file that the server names at its start."
              value={apiKey}
              onChange={({ currentTarget }) => setApiKey(currentTarget.value)}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
            />
            <Button type="submit" loading={isPending} fullWidth>
              Sign in
            </Button>
          </Stack>
        </form>
      </Center>
    </>
  );
}

function inWords(error: unknown): string {
  if (error instanceof Problem && error.status === 401) return 'This key is not known here, or it was disabled.';
  return error instanceof Error ? error.message : String(error);
}
