import { Group } from '@mantine/core';
import type { Channel, EnrollmentSummary, Next } from '../api/answers';
import { reasonsOf } from '../words/reasons';
import { CHANNEL, reasonInWords } from '../words/status';
import { dayAndTime } from '../words/time';
import { MailIcon, PhoneIcon, TextIcon } from './icons';
import { Sub } from './rows';

/** What comes next for a contact, and why, in two lines. */
export function NextStep({ row }: { readonly row: EnrollmentSummary }) {
  const { state, reason, endedAt, next } = row;
  if (state !== 'open')
    return (
      <>
        {reasonInWords(reason ?? state)}
        {endedAt === null ? null : <Sub>{dayAndTime(endedAt)}</Sub>}
      </>
    );
  if (next === null) return <Sub>Has just been enrolled</Sub>;
  return (
    <>
      <Group gap={7} wrap="nowrap">
        {next.touch === null ? null : <ChannelIcon channel={next.touch.channel} />}
        <span>{headOf(next)}</span>
      </Group>
      <Sub>{reasonsOf(next.sentence)}</Sub>
    </>
  );
}

const ICONS = { voice: PhoneIcon, sms: TextIcon, email: MailIcon } as const;

export function ChannelIcon({ channel, size = 16 }: { readonly channel: Channel; readonly size?: number }) {
  const Icon = ICONS[channel];
  return <Icon size={size} />;
}

/** The step by itself. */
export function headOf({ decision, touch, askAt }: Next, zone?: string): string {
  const when = askAt === null ? '' : dayAndTime(askAt, zone);
  const what = touch === null ? '' : `${CHANNEL[touch.channel]} ${touch.key}`;
  switch (decision) {
    case 'touch':
      return `${what} now`;
    case 'queue':
      return `${what}, waiting for a line`;
    case 'wait':
      return what === '' ? `Waits until ${when}` : `${what}, ${when}`;
    case 'hold':
      return 'Outreach is held';
    case 'reconcile':
      return 'An attempt is under way';
    case 'finish':
      return 'Nothing more';
  }
}
