import * as z from 'zod';

/** Who plays what in the example, and what goes wrong on the way: every script occurs, the rest is drawn from the simulator's seed. */

const SCRIPTS = [
  'answers_converts',
  'answers_successful',
  'answers_unsuccessful',
  'disqualified',
  'never_answers',
  'voicemail',
  'busy_then_answers',
  'fails',
  'asks_for_human',
  'wrong_number',
  'presses_opt_out',
  'stop_while_ringing',
  'replies_yes',
  'replies_callback',
  'replies_stop',
  'replies_no_more',
  'replies_question',
  'completes_form',
  'mail_replies',
  'refuses_mail',
  'mailbox_full',
  'defers_mail',
  'bounces_hard',
  'bounces_soft',
] as const;
type Script = (typeof SCRIPTS)[number];

interface Person {
  readonly phone: string;
  readonly email: string;
  readonly caseId: string;
}

const PersonSchema = z.object({ script: z.string() });

interface Fault {
  readonly channel: 'voice' | 'sms' | 'crm';
  readonly mode: string;
  readonly operation?: 'note';
  readonly options?: Readonly<Record<string, number>>;
}

/**
 * What goes wrong, once each. Both answers that get lost leave an attempt whose fate is unknown: of the first a late
 * callback tells that it was made, of the second nobody does until the provider is asked.
 */
const FAULTS: readonly { readonly script: Script; readonly faults: readonly Fault[] }[] = [
  {
    script: 'never_answers',
    faults: [
      { channel: 'voice', mode: '500_executed' },
      { channel: 'voice', mode: 'late_callbacks', options: { delayMs: 2_000 } },
    ],
  },
  {
    script: 'busy_then_answers',
    faults: [
      { channel: 'voice', mode: 'timeout_executed' },
      { channel: 'voice', mode: 'drop_callbacks' },
    ],
  },
  { script: 'answers_successful', faults: [{ channel: 'voice', mode: '429', options: { retryAfterSeconds: 1 } }] },
  { script: 'replies_question', faults: [{ channel: 'sms', mode: '500_executed' }] },
  { script: 'asks_for_human', faults: [{ channel: 'crm', mode: '504_executed', operation: 'note' }] },
];

/** Tells the simulator, before the launch, what the people of the CSV are like. */
export async function castPeople(simulatorUrl: string, csv: string): Promise<void> {
  const people = peopleOf(csv);
  for (const { phone } of people.slice(SCRIPTS.length)) await askForTheNextDay(simulatorUrl, phone);
  const cast = SCRIPTS.flatMap((script, ix) => {
    const person = people[ix];
    return person === undefined ? [] : [{ script, person }];
  });
  for (const { script, person } of cast) {
    const { phone, email } = person;
    await tell('POST', `${simulatorUrl}/sim/people`, { phone, email, script });
  }
  await tell('PUT', `${simulatorUrl}/sim/faults`, { faults: cast.flatMap(faultsOf) });
}

/** "Call me Tuesday at three", said on a Tuesday evening, would keep the campaign open for another week. */
async function askForTheNextDay(simulatorUrl: string, phone: string): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/sim/people/${encodeURIComponent(phone)}`);
  const { script } = PersonSchema.parse(await answer.json());
  if (script !== 'replies_callback') return;
  const options = { reply: 'call me tomorrow at three' };
  await tell('POST', `${simulatorUrl}/sim/people`, { phone, script, options });
}

function faultsOf({ script, person }: { script: Script; person: Person }): unknown[] {
  const planned = FAULTS.find((each) => each.script === script)?.faults ?? [];
  return planned.map(({ operation, ...fault }) => ({
    ...fault,
    times: 1,
    match: { to: fault.channel === 'crm' ? person.caseId : person.phone, ...(operation && { operation }) },
  }));
}

function peopleOf(csv: string): Person[] {
  const [header = '', ...rows] = csv.trim().split('\n');
  const names = header.split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    return { phone: cell('phone'), email: cell('email'), caseId: cell('case_external_id') };
  });
}

async function tell(method: string, url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${method} ${new URL(url).pathname}`);
}
