import type { Attempt, TimelineEntry } from '../api/answers';
import { reasonsOf } from './reasons';
import { actionInWords, CHANNEL, inWords, OUTCOME, reasonInWords, type Tone } from './status';

/** A timeline entry as a person would tell it. */
export interface Told {
  readonly title: string;
  readonly detail: string;
  readonly tone: Tone;
  readonly sign: 'call' | 'text' | 'mail' | 'person' | 'rule' | 'alert' | 'clock';
}

/** What the entry is about, where it is about an attempt. */
type About = Pick<Attempt, 'channel' | 'touchKey'> | undefined;
type Teller = (data: TimelineEntry['data'], about: About) => Told;

/** One line per kind; kinds that are not here are told by their name. */
const TELLERS: Readonly<Record<string, Teller>> = {
  call_started: (_, about) => told('Call placed', 'call', 'quiet', about?.touchKey),
  call_ended: (data) => told(`Call ended: ${lower(data, 'disposition', 'fate unknown')}`, 'call'),
  call_analyzed: (data) => judged(String(data['outcome'])),
  message_sent: (_, about) => told(`${messageOf(about)} sent`, signOf(about?.channel), 'quiet', about?.touchKey),
  message_delivered: (_, about) => told(`${messageOf(about)} delivered`, signOf(about?.channel)),
  message_failed: (data, about) =>
    told(`${messageOf(about)} not delivered`, signOf(about?.channel), 'bad', text(data, 'reason')),
  message_received: ({ channel }) => told('They wrote back', signOf(channel), 'good'),
  touch_refused: (data) => told('Not done, after a last look', 'alert', 'attention', refusalOf(data)),
  opted_out: (data) => told('Opted out', 'person', 'bad', lower(data, 'source', '', 'by ')),
  handoff_requested: () => told('Asked for a person', 'person', 'attention'),
  handed_back: () => told('Handed back: outreach goes on', 'person', 'good'),
  form_started: () => told('Began to fill in the form', 'person', 'good'),
  form_completed: () => told('Filled in the form', 'person', 'good'),
  rule_fired: (data) => told(`Rule fired: ${sentence(data, 'phrase')}`, 'rule'),
  action_done: (data) => told(`${actionOf(data)} done`, 'rule', 'good', sentence(data, 'result')),
  action_failed: (data) => told(`${actionOf(data)} failed`, 'rule', 'bad', text(data, 'code')),
  callback_requested: () => told('Asked to be called back', 'clock', 'good'),
  callback_closed: (data) => told('Promise to call back closed', 'clock', 'quiet', text(data, 'state')),
  contact_status_changed: (data) => told(`Now ${lower(data, 'status', 'changed')}`, 'person', 'quiet', reasonOf(data)),
  crm_status_changed: (data) => told(`Set in the CRM: ${sentence(data, 'value')}`, 'person', 'attention'),
  operator_order: (data) => told(`Order: ${lower(data, 'order', '')}`, 'person', 'attention', sentence(data, 'note')),
  transfer_started: () => told('Put through to the team', 'call', 'good'),
};

export function tell({ kind, data }: Pick<TimelineEntry, 'kind' | 'data'>, about: About): Told {
  return TELLERS[kind]?.(data, about) ?? told(inWords(kind), 'clock');
}

/** `key:Ada` is the key of Ada. */
export function actorInWords(actor: string): string {
  if (actor.startsWith('key:')) return actor.slice(4);
  return { contact: 'the person', provider: 'the provider', system: '' }[actor] ?? actor;
}

function told(title: string, sign: Told['sign'], tone: Tone = 'quiet', detail: string | undefined = ''): Told {
  return { title, sign, tone, detail };
}

/** A code of the entry, in words. */
function text(data: TimelineEntry['data'], field: string): string {
  const value = data[field];
  return typeof value === 'string' ? inWords(value) : '';
}

/** The same within a sentence. */
function lower(data: TimelineEntry['data'], field: string, otherwise: string, before = ''): string {
  const words = text(data, field).toLowerCase();
  return words === '' ? otherwise : before + words;
}

/** What is a sentence already. */
function sentence(data: TimelineEntry['data'], field: string): string {
  const value = data[field];
  return typeof value === 'string' ? value : '';
}

function judged(outcome: string): Told {
  const { words, tone } = OUTCOME[outcome] ?? { words: inWords(outcome), tone: 'quiet' };
  return told(`Call judged ${words.toLowerCase()}`, 'call', tone);
}

function messageOf(about: About): string {
  return about === undefined ? 'Message' : CHANNEL[about.channel];
}

function signOf(channel: unknown): Told['sign'] {
  return channel === 'email' ? 'mail' : 'text';
}

function actionOf({ action }: TimelineEntry['data']): string {
  return typeof action === 'string' ? actionInWords(action) : 'Action';
}

/** Refusals from before there were sentences have a code alone. */
function refusalOf(data: TimelineEntry['data']): string {
  const why = sentence(data, 'why');
  return why === '' ? text(data, 'reason') : reasonsOf(why);
}

function reasonOf({ reason }: TimelineEntry['data']): string {
  return typeof reason === 'string' ? reasonInWords(reason) : '';
}
