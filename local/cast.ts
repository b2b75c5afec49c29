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
] as const;

/** Answers that get lost, calls that nobody hears of again: each once, early in the run. */
const FAULTS = [
  { channel: 'voice', mode: '500_executed', match: { nth: 5 }, times: 1 },
  { channel: 'voice', mode: 'timeout_executed', match: { nth: 9 }, times: 1 },
  { channel: 'voice', mode: '429', match: { nth: 14 }, times: 1, options: { retryAfterSeconds: 1 } },
  { channel: 'sms', mode: '500_executed', match: { nth: 7 }, times: 1 },
  { channel: 'crm', mode: '504_executed', match: { nth: 3 }, times: 1 },
];

/** Tells the simulator, before the launch, what the people of the CSV are like. */
export async function castPeople(simulatorUrl: string, csv: string): Promise<void> {
  const phones = phonesOf(csv);
  for (const [ix, script] of SCRIPTS.entries()) {
    const phone = phones[ix];
    if (phone !== undefined) await tell('POST', `${simulatorUrl}/sim/people`, { phone, script });
  }
  await tell('PUT', `${simulatorUrl}/sim/faults`, { faults: FAULTS });
}

function phonesOf(csv: string): string[] {
  const [header, ...rows] = csv.trim().split('\n');
  const column = (header ?? '').split(',').indexOf('phone');
  return rows.map((row) => row.split(',')[column] ?? '');
}

async function tell(method: string, url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${method} ${new URL(url).pathname}`);
}
