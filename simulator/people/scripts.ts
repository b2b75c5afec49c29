import type { Deed, Memory, Script, ScriptName, ScriptOptions } from './script';

const MEETING_LINES = ['Yes, this is me.', 'That sounds good.', 'Thank you, goodbye.'];

/** Every kind of person there is. What options may change is the same for all: see `ScriptOptionsSchema`. */
export const SCRIPTS: Readonly<Record<ScriptName, Script>> = {
  answers_converts: {
    pickUp: always('human'),
    lines: ['Yes, this is me.', 'I want to sign today.', 'Thank you, goodbye.'],
    outcome: 'converted',
  },
  answers_successful: { pickUp: always('human'), lines: MEETING_LINES, outcome: 'successful' },
  answers_unsuccessful: {
    pickUp: always('human'),
    lines: ['I have no time for this now.', 'Goodbye.'],
    outcome: 'unsuccessful',
  },
  disqualified: {
    pickUp: always('human'),
    lines: ['Yes, this is me.', 'I have a lawyer already.', 'Goodbye.'],
    outcome: 'disqualified',
  },
  never_answers: { pickUp: always('no-answer') },
  voicemail: { pickUp: always('machine') },
  busy_then_answers: {
    pickUp: (memory, options) => (memory.calls <= (options.busyCalls ?? 1) ? 'busy' : 'human'),
    lines: MEETING_LINES,
    outcome: 'successful',
  },
  /** The line is dead: calls fail, texts are never delivered (30003, unreachable handset). */
  fails: { pickUp: always('failed'), smsError: '30003' },
  asks_for_human: {
    pickUp: always('human'),
    lines: ['Can I talk to a real person, please?', 'Thank you.'],
    duringCall: [{ kind: 'fact', fact: { kind: 'handoff_requested', reason: 'The person asked for a human being.' } }],
    outcome: 'successful',
  },
  wrong_number: {
    pickUp: always('human'),
    lines: ['You have the wrong number.'],
    duringCall: [{ kind: 'fact', fact: { kind: 'wrong_number' } }],
    outcome: 'unsuccessful',
  },
  presses_opt_out: { pickUp: always('human'), key: '9', outcome: 'unsuccessful' },
  stop_while_ringing: { pickUp: always('no-answer'), whileRinging: [{ kind: 'text', body: 'STOP' }] },
  replies_yes: { pickUp: always('no-answer'), onText: repliesOnce('yes please') },
  replies_callback: {
    pickUp: (memory) => (memory.replies > 0 ? 'human' : 'no-answer'),
    lines: MEETING_LINES,
    outcome: 'successful',
    onText: repliesOnce('call me Tuesday at three'),
  },
  replies_stop: { pickUp: always('no-answer'), onText: repliesOnce('STOP') },
  replies_no_more: { pickUp: always('no-answer'), onText: repliesOnce('no more texts please') },
  replies_question: { pickUp: always('no-answer'), onText: repliesOnce('what documents do I need to bring?') },
  completes_form: { pickUp: always('no-answer'), onText: fillsForm, onMail: fillsForm },
  mail_replies: { pickUp: always('no-answer'), onMail: writesOnce('Thank you for your mail. Please tell me more.') },
  refuses_mail: { pickUp: always('no-answer'), mail: { mode: '550', at: 'rcpt' } },
  mailbox_full: { pickUp: always('no-answer'), mail: { mode: '452', at: 'rcpt' } },
  /** Greylisting: the first time the server asks to try again. */
  defers_mail: { pickUp: always('no-answer'), mail: { mode: '451', at: 'rcpt', times: 1 } },
  bounces_hard: { pickUp: always('no-answer'), mail: { mode: 'bounce_hard', at: 'data' } },
  bounces_soft: { pickUp: always('no-answer'), mail: { mode: 'bounce_soft', at: 'data' } },
};

/** How often each script is drawn for a person to whom none was assigned. */
export const DEFAULT_WEIGHTS: Readonly<Record<ScriptName, number>> = {
  answers_converts: 12,
  answers_successful: 12,
  answers_unsuccessful: 6,
  disqualified: 6,
  never_answers: 14,
  voicemail: 8,
  busy_then_answers: 6,
  fails: 3,
  asks_for_human: 4,
  wrong_number: 3,
  presses_opt_out: 3,
  stop_while_ringing: 2,
  replies_yes: 5,
  replies_callback: 3,
  replies_stop: 3,
  replies_no_more: 2,
  replies_question: 3,
  completes_form: 4,
  mail_replies: 4,
  // Given to people by name only.
  refuses_mail: 0,
  mailbox_full: 0,
  defers_mail: 0,
  bounces_hard: 0,
  bounces_soft: 0,
};

function always(pickUp: ReturnType<Script['pickUp']>): Script['pickUp'] {
  return () => pickUp;
}

function repliesOnce(words: string): (memory: Memory, options: ScriptOptions) => readonly Deed[] {
  return (memory, options) =>
    memory.texts === (options.replyTo ?? 1) ? [{ kind: 'text', body: options.reply ?? words }] : [];
}

function writesOnce(words: string): (memory: Memory, options: ScriptOptions) => readonly Deed[] {
  return (memory, options) =>
    memory.mails === (options.replyTo ?? 1) ? [{ kind: 'mail', body: options.reply ?? words }] : [];
}

/** Whoever performs the deed looks for the link in the message, and does nothing if there is none. */
function fillsForm(_memory: Memory, options: ScriptOptions): readonly Deed[] {
  return [{ kind: 'form', answers: options.answers ?? { still_interested: 'yes' } }];
}
