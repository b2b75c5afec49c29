import { addAttempt, addContact, enroll, id } from '../../test/audit/company';
import { describeViolations } from '../../test/audit/violations';
import type { Tx } from '../client';

const TUESDAY = '2026-06-02T14:00:00Z';

/** Three texts to one person, claimed under a revision of the settings. */
async function textsUnder(tx: Tx, settingsRevision: number): Promise<void> {
  await addContact(tx, 'person');
  await enroll(tx, 'person');
  for (const n of [1, 2, 3])
    await addAttempt(tx, {
      name: `text-${n}`,
      who: 'person',
      at: TUESDAY,
      step: 'text',
      ordinal: n,
      channel: 'sms',
      state: 'accepted',
      permit: { settingsRevision },
    });
}

const NARROW = '{"weekdays":[7],"slots":[{"open":"08:00","close":"09:00"}]}';
/** Sundays for an hour and one attempt a day, from now on. */
const narrow = (tx: Tx) => tx`
  update settings set revision = 2, legal_hours = ${NARROW}::text::jsonb, caps = jsonb_set(caps, '{phone,perDay}', '1')`;
/** The attempts of `addAttempt` were claimed an hour ago. */
const replacedHoursAgo = (hours: number) => (tx: Tx) =>
  tx`
  update settings_history set superseded_rt = clock_timestamp() - make_interval(hours => ${hours}) where revision = 1`;

const ALL = ['text-1', 'text-2', 'text-3'].map(id);
const later = (tx: Tx) => tx`update attempt set claimed_rt = clock_timestamp() where id = any(${ALL}::uuid[])`;

describeViolations('what the settings allowed at the claim', [
  {
    what: 'still counts when they have been narrowed since',
    change: async (tx) => {
      await textsUnder(tx, 1);
      await narrow(tx);
      await tx`update attempt set permit = permit || '{"settingsRevision": 1}'`;
    },
    broken: {},
  },
  {
    what: 'does not count for a claim long after they were narrowed',
    change: async (tx) => {
      await tx`update attempt set permit = permit || '{"settingsRevision": 1}'`;
      await textsUnder(tx, 1);
      await narrow(tx);
      await replacedHoursAgo(1)(tx);
      await tx`update attempt set claimed_rt = clock_timestamp() - interval '2 hours' where id <> all(${ALL}::uuid[])`;
      await later(tx);
    },
    broken: { windows: ALL.toSorted(), caps: ALL.toSorted() },
  },
  {
    what: 'can not be told by a revision that never was',
    change: (tx) => textsUnder(tx, 99),
    broken: { windows: ALL.toSorted(), caps: ALL.toSorted() },
  },
]);
