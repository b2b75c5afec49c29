import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { newKey } from '../api/client';
import { type Deed, useDeed } from '../api/live';

export interface Question {
  readonly title: string;
  readonly words: string;
  /** On the button that does it. */
  readonly verb: string;
  readonly isGrave?: boolean;
  readonly deed: Deed;
}

interface ConfirmProps {
  readonly question: Question | null;
  readonly onClose: () => void;
}

/** Asks before something is done. What the server refuses is said in the same place. */
export function Confirm({ question, onClose }: ConfirmProps) {
  return (
    <Modal
      opened={question !== null}
      onClose={onClose}
      title={question?.title}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
      styles={{ title: { fontWeight: 650 } }}
    >
      {question === null ? null : <Body question={question} onClose={onClose} />}
    </Modal>
  );
}

function Body({ question, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const { mutate, isPending, error } = useDeed();
  const [onceKey] = useState(newKey);
  return (
    <Stack gap="md">
      <Text size="sm">{question.words}</Text>
      {error === null ? null : (
        <Alert color="red" variant="light" title="Not done" role="alert">
          {error.message}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          data-autofocus
          color={question.isGrave === true ? 'red' : 'pine'}
          loading={isPending}
          onClick={() => mutate({ ...question.deed, onceKey }, { onSuccess: onClose })}
        >
          {question.verb}
        </Button>
      </Group>
    </Stack>
  );
}
