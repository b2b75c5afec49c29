import { callRun } from '../story';
import type { Setting } from './stage';

/** What the contacts of the stories are in for. */

export function when(trigger: string, outcome: string, ...then: object[]) {
  return { key: outcome, when: { trigger, outcome }, then };
}

export function texts(...delaysMinutes: number[]) {
  const messages = delaysMinutes.map((delayMinutes, n) => ({
    key: `text-${n}`,
    channel: 'sms',
    when: { kind: 'after_start', delayMinutes },
    text: 'Hello',
  }));
  const { calls: _, ...run } = callRun({ messages });
  return run;
}

export function twoCalls(minutesApart: number) {
  return callRun({}, { attempts: 2, spacingMinutes: { default: minutesApart } });
}

export const STATUS = { kind: 'crm_status', status: 'Changed' };
export const NOTE = { kind: 'crm_note', text: 'Something happened.' };
export const CONVERTED = when('call_outcome', 'converted', STATUS, NOTE);
export const INTERESTED = when('reply_bucket', 'interested', NOTE);

export const ONE_CALL: Setting = { script: 'answers_converts', runs: [callRun()], rules: [CONVERTED] };
export const SILENT: Setting = { script: 'never_answers', runs: [twoCalls(150)] };
export const READER: Setting = { script: 'never_answers', runs: [texts(0, 180)], rules: [INTERESTED] };

const AFTER_VOICEMAIL = {
  key: 'after',
  channel: 'email',
  when: { kind: 'after_call', results: ['voicemail'], delayMinutes: 20 },
  subject: 'Hello',
  text: 'We left you a message.',
};
const LEAVES_TEXT = { kind: 'leave_text', text: 'Please call back.' };

export const MACHINE: Setting = {
  script: 'voicemail',
  runs: [
    callRun({ messages: [AFTER_VOICEMAIL] }, { attempts: 2, spacingMinutes: { default: 60 }, voicemail: LEAVES_TEXT }),
  ],
};
