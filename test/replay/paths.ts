/**
 * The ways the workflow of a contact, or of a report, can go, and what must be seen in the recorded history of each. A new way gets a line here, a
 * story, and `npm run record-histories`; from the first release on a history is added and never recorded anew.
 */
export const PATHS = {
  converted: [
    'step touch',
    'dial on voice',
    'dial answered accepted',
    'signal callOutcome',
    'runExecutions on crm',
    'completed',
  ],
  'never-answers': ['step wait', 'timer fired', 'runExecutions answered', 'completed'],
  voicemail: ['deliver on messages', 'deliver answered accepted', 'timer fired', 'completed'],
  'reply-in-mid-sleep': [
    'timer canceled',
    'signal reply',
    'runExecutions on classify',
    'runExecutions answered with news',
    'timer fired',
    'completed',
  ],
  'handoff-and-back': ['signal handoff', 'step hold', 'signal order', 'timer canceled', 'completed'],
  'form-completes': ['signal formCompleted', 'runExecutions on crm', 'completed'],
  stop: ['signal reply', 'timer canceled', 'step finish', 'completed'],
  'pause-and-resume': ['timer fired', 'step hold', 'signal planChanged', 'dial on voice', 'completed'],
  'operator-completes': ['signal order', 'timer canceled', 'step finish', 'completed'],
  'callback-promised': ['step wait', 'signal order', 'timer canceled', 'timer fired', 'dial on voice', 'completed'],
  'queued-for-a-line': ['step queue', 'signal lineGranted', 'dial on voice', 'completed'],
  'crm-fails-then-works': [
    'runExecutions answered with failures',
    'retryExecution on crm',
    'retryExecution answered',
    'completed',
  ],
  'crm-fails-for-good': [
    'runExecutions answered with failures',
    'retryExecution failed',
    'giveUpExecution answered',
    'completed',
  ],
  'unknown-then-callback': ['dial answered unknown', 'signal callOutcome', 'completed'],
  'not-sent-then-again': ['dial answered not_sent', 'timer fired', 'dial answered accepted', 'completed'],
  'reply-and-handoff-at-once': [
    'runExecutions on classify',
    'runExecutions on crm',
    'runExecutions answered with news',
    'runExecutions answered',
    'completed',
  ],
  'note-and-call-at-once': [
    'runExecutions answered with news',
    'step touch',
    'runExecutions on crm',
    'dial on voice',
    'completed',
  ],
  'reply-while-the-crm-fails': [
    'retryExecution on crm',
    'signal reply',
    'runExecutions on classify',
    'retryExecution answered',
    'completed',
  ],
  'reply-after-the-end': ['step finish', 'runExecutions answered with news', 'completed'],
  'failed-by-hand': ['runExecutions failed', 'completed'],
  cancelled: ['dial on voice', 'cancel requested', 'canceled'],
  'cancelled-while-retrying': [
    'runExecutions answered with failures',
    'retryExecution on crm',
    'cancel requested',
    'canceled',
  ],
  'database-away': ['step put off', 'timer fired', 'step finish', 'completed'],
  'taken-over': ['signal planChanged', 'step stale', 'completed'],
  'continued-as-new': ['signal planChanged', 'continued as new'],
  'report-mailed': [
    'openReport on reports',
    'openReport answered',
    'mailReport on reports',
    'mailReport answered mailed',
    'completed',
  ],
  'report-refused': ['mailReport answered mailed', 'mailReport failed', 'giveUpReport answered', 'completed'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PathName = keyof typeof PATHS;

// Proof: these are the keys of the object above.
export const PATH_NAMES = Object.keys(PATHS) as PathName[];
