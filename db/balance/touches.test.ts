import { addAttempt, addContact, enroll, id, TUESDAY } from '../../test/audit/company';
import { describeViolations } from '../../test/audit/violations';
import type { Tx } from '../client';

const again = (state: string) => (tx: Tx) =>
  addAttempt(tx, {
    name: 'again',
    who: 'ended',
    at: '2026-06-04T14:00:00Z',
    step: 'text',
    channel: 'sms',
    try: 2,
    state,
  });

describeViolations('creates', [
  {
    what: 'a touch that was accepted is not tried again',
    change: again('accepted'),
    broken: { creates: [id('text')] },
  },
  { what: 'not even if nothing comes of the second try', change: again('not_sent'), broken: { creates: [id('text')] } },
  {
    what: 'a touch whose fate is unknown is not tried again',
    change: async (tx) => {
      await tx`update attempt set state = 'unknown_final' where id = ${id('text')}`;
      await again('accepted')(tx);
    },
    broken: { creates: [id('text')] },
  },
  {
    what: 'a touch that was not sent is tried again',
    change: async (tx) => {
      await tx`update attempt set state = 'not_sent', provider_sid = null where id = ${id('text')}`;
      await again('accepted')(tx);
    },
    broken: {},
  },
  {
    what: 'one resource of the provider belongs to one attempt',
    change: async (tx) => {
      await tx`alter table attempt drop constraint attempt_provider_sid_key`;
      await tx`update attempt set provider_sid = 'SM1' where id in (${id('text')}, ${id('mail')})`;
    },
    broken: { creates: [id('text'), id('mail')].sort() },
  },
]);

interface Stop {
  readonly hash?: string;
  readonly channels?: string;
  readonly at?: string;
  readonly age?: string;
  readonly liftedAt?: string;
}

/** A stop of the person who is on the line; that call was claimed an hour ago in real time. */
function stop({ hash = 'calling-email', channels = '{voice}', at = '2026-06-01', age = '2 hours', liftedAt }: Stop) {
  return (tx: Tx) => tx`
    insert into suppression (hash, channels, source, at, rt, lifted_at, actor)
    values (${hash}, ${channels}::text::text[], 'reply', ${at}::text::timestamptz, clock_timestamp() - ${age}::text::interval,
      ${liftedAt ?? null}::text::timestamptz, 'test')`;
}

/** No calls about cases of one type. */
function stopOfType({
  caseType = 'intake',
  at = '2026-06-01',
  age = '2 hours',
  liftedAt = null as string | null,
  changedAt = '2026-05-01',
}) {
  return async (tx: Tx) => {
    await tx`update cases set updated_at = ${changedAt}::text::timestamptz`;
    await tx`
      insert into call_opt_out (id, hash, contact_id, case_type, at, rt, lifted_at, actor)
      select gen_random_uuid(), 'calling-email', contact_id, ${caseType}, ${at}::text::timestamptz,
        clock_timestamp() - ${age}::text::interval, ${liftedAt}::text::timestamptz, 'test'
      from contact_address where hash = 'calling-email'`;
  };
}

const disturbed = { suppressions: [id('live')] };

describeViolations('suppressions', [
  { what: 'nothing is claimed after a stop at any address of the person', change: stop({}), broken: disturbed },
  {
    what: 'nothing is claimed after a stop at the very address',
    change: stop({ hash: 'calling-phone' }),
    broken: disturbed,
  },
  { what: 'under a frozen clock a stop that came first binds', change: stop({ at: TUESDAY }), broken: disturbed },
  { what: 'under a frozen clock a stop may come too late', change: stop({ at: TUESDAY, age: '1 minute' }), broken: {} },
  { what: 'a stop that waited for the claim came too late', change: stop({ age: '1 minute' }), broken: {} },
  { what: 'a stop for later binds from then on', change: stop({ at: '2026-06-03' }), broken: {} },
  { what: 'a stop of other channels bars nothing', change: stop({ channels: '{sms,email}' }), broken: {} },
  {
    what: 'nobody is called about a case of a type that they want no calls about (K-24)',
    change: stopOfType({}),
    broken: disturbed,
  },
  { what: 'calls about other cases go on', change: stopOfType({ caseType: 'mva' }), broken: {} },
  { what: 'a stop of one type of case may come too late', change: stopOfType({ age: '1 minute' }), broken: {} },
  {
    what: 'a stop of one type of case that was lifted bars nothing',
    change: stopOfType({ liftedAt: TUESDAY }),
    broken: {},
  },
  {
    what: 'a case that had another type then is not held against the call',
    change: stopOfType({ changedAt: '2026-06-03' }),
    broken: {},
  },
  { what: 'a stop that was lifted bars nothing', change: stop({ liftedAt: TUESDAY }), broken: {} },
  {
    what: 'a stop that was lifted after the claim was in force',
    change: stop({ liftedAt: '2026-06-03' }),
    broken: disturbed,
  },
  {
    what: 'a stop at the very address binds where the address rows were lost',
    change: async (tx) => {
      await stop({ hash: 'calling-phone' })(tx);
      await tx`delete from attempt_address where attempt_id = ${id('live')}`;
    },
    broken: disturbed,
  },
]);

/** Texts to one person, "text-0" and so on, at the given instants. */
const texts =
  (instants: readonly string[], values: { channel?: 'email'; state?: string } = {}) =>
  async (tx: Tx) => {
    for (const [ix, at] of instants.entries())
      await addAttempt(tx, {
        name: `text-${ix}`,
        who: 'waiting',
        at,
        step: 'text',
        ordinal: ix + 1,
        channel: 'sms',
        state: 'accepted',
        ...values,
      });
  };
const morning = ['2026-06-09T13:00:00Z', '2026-06-09T13:01:00Z', '2026-06-09T13:02:00Z'];
const later = ['2026-06-09T14:00:00Z', '2026-06-09T14:01:00Z', '2026-06-09T14:02:00Z'];
const fourth = { caps: [id('text-3')] };
/** Four are allowed, and have been sent by the 11th. */
const fifth = (cap: string, at: string) => async (tx: Tx) => {
  await tx`update settings set caps = jsonb_set(caps, array['phone', ${cap}], '4')`;
  await texts([...morning, '2026-06-11T13:00:00Z', at])(tx);
};

describeViolations('caps', [
  { what: 'three a day are allowed', change: texts(morning), broken: {} },
  { what: 'four within 24 h are not', change: texts([...morning, '2026-06-09T23:00:00Z']), broken: fourth },
  {
    what: 'the first has left the window when it is 24 h old',
    change: texts([...later, '2026-06-10T14:00:00Z']),
    broken: {},
  },
  {
    what: 'a millisecond less than 24 h is too little',
    change: texts([...later, '2026-06-10T13:59:59.999Z']),
    broken: fourth,
  },
  {
    what: 'calls and texts count together',
    change: async (tx) => {
      await texts(morning)(tx);
      await addAttempt(tx, { name: 'text-3', who: 'waiting', at: '2026-06-09T13:03:00Z' });
    },
    broken: fourth,
  },
  {
    what: 'e-mail counts by itself',
    change: async (tx) => {
      await texts(morning)(tx);
      await addAttempt(tx, {
        name: 'text-3',
        who: 'waiting',
        at: '2026-06-09T13:03:00Z',
        step: 'mail',
        channel: 'email',
      });
    },
    broken: {},
  },
  {
    what: 'e-mail has a cap as well',
    change: texts([...morning, '2026-06-09T14:00:00Z'], { channel: 'email' }),
    broken: fourth,
  },
  {
    what: 'what was not sent does not count',
    change: texts([...morning, '2026-06-09T14:00:00Z'], { state: 'not_sent' }),
    broken: {},
  },
  {
    what: 'what may have been sent counts',
    change: texts([...morning, '2026-06-09T14:00:00Z'], { state: 'unknown_final' }),
    broken: fourth,
  },
  {
    what: 'contacts who share an address are one person',
    change: async (tx) => {
      await addContact(tx, 'partner');
      await enroll(tx, 'partner');
      await tx`insert into contact_address (contact_id, hash, position) values (${id('partner')}, 'waiting-phone', 2)`;
      await texts(morning)(tx);
      await addAttempt(tx, { name: 'text-3', who: 'partner', at: '2026-06-09T13:03:00Z' });
    },
    broken: fourth,
  },
  {
    what: 'five a week are too many where four are allowed',
    change: fifth('perWeek', '2026-06-15T13:00:00Z'),
    broken: { caps: [id('text-4')] },
  },
  {
    what: 'the first has left the week when it is seven days old',
    change: fifth('perWeek', '2026-06-16T13:00:00Z'),
    broken: {},
  },
  {
    what: 'five a month are too many where four are allowed',
    change: fifth('perMonth', '2026-07-08T13:00:00Z'),
    broken: { caps: [id('text-4')] },
  },
  {
    what: 'the first has left the month when it is thirty days old',
    change: fifth('perMonth', '2026-07-09T13:00:00Z'),
    broken: {},
  },
]);
