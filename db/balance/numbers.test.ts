import type { Tx } from '../client';
import { addAttempt, addContact, enroll, id, TUESDAY } from '../../test/audit/company';
import { describeViolations } from '../../test/audit/violations';

interface Story {
  readonly number?: string;
  readonly solicits?: boolean;
  readonly step?: string;
  readonly channel?: 'voice' | 'sms';
  readonly permit?: Readonly<Record<string, unknown>>;
}

/** One attempt at somebody, in a campaign that solicits or does not. */
async function attempted(tx: Tx, { number, solicits = false, step = 'call', ...attempt }: Story = {}): Promise<void> {
  await addContact(tx, 'person');
  await enroll(tx, 'person');
  if (number !== undefined) await tx`update address set value = ${number} where hash = 'person-phone'`;
  if (solicits)
    await tx`
      insert into version (id, campaign_id, number, plan, policy, created_at, actor)
      select ${id('selling')}, campaign_id, 2, plan, policy || '{"solicits": true}', created_at, actor from version where id = ${id('version')}`;
  const permit = { ...attempt.permit, ...(solicits ? { policyVersionId: id('selling') } : {}) };
  await addAttempt(tx, { name: 'try', who: 'person', at: TUESDAY, step, ...attempt, permit });
}

async function said(tx: Tx, registry: string, answer: string, checkedAt: string, hoursAgo = 2): Promise<void> {
  await tx`
    insert into number_check (hash, registry, answer, checked_at, asked_about_at, source, recorded_rt, actor)
    values ('person-phone', ${registry}, ${answer}, ${checkedAt}::text::timestamptz,
      case when ${registry} = 'reassigned' then timestamptz '2026-01-01' end, 'registry',
      clock_timestamp() - make_interval(hours => ${hoursAgo}), 'test')`;
}

async function consent(tx: Tx, kind: string, givenAt: string, revokedAt: string | null = null): Promise<void> {
  await tx`
    insert into consent (contact_id, class, source, given_at, revoked_at, actor)
    values (${id('person')}, ${kind}, 'form', ${givenAt}::text::timestamptz, ${revokedAt}::text::timestamptz, 'test')`;
}

async function related(tx: Tx, kind: string, on: string, hoursAgo = 2): Promise<void> {
  await tx`
    insert into relationship (contact_id, kind, happened_on, source, recorded_rt, actor)
    values (${id('person')}, ${kind}, ${on}::text::date, 'invoice', clock_timestamp() - make_interval(hours => ${hoursAgo}), 'test')`;
}

const SOLD = { solicitations: [id('try')] };
const selling =
  (then: (tx: Tx) => Promise<unknown> = async () => undefined, story: Story = {}) =>
  async (tx: Tx) => {
    await attempted(tx, { solicits: true, ...story });
    await then(tx);
  };

describeViolations('the Do-Not-Call registry by the database alone (C10)', [
  { what: 'a solicitation without a look-up is found', change: selling(), broken: SOLD },
  {
    what: 'one to a number that was not listed is in order',
    change: selling((tx) => said(tx, 'dnc', 'not_listed', '2026-05-02T14:00:00Z')),
    broken: {},
  },
  {
    what: 'one by a look-up that is a second too old is found',
    change: selling((tx) => said(tx, 'dnc', 'not_listed', '2026-05-02T13:59:59Z')),
    broken: SOLD,
  },
  {
    what: 'one to a listed number is found, though an older look-up said otherwise',
    change: selling(async (tx) => {
      await said(tx, 'dnc', 'not_listed', '2026-05-20');
      await said(tx, 'dnc', 'listed', '2026-05-21');
    }),
    broken: SOLD,
  },
  {
    what: 'a look-up that was recorded only afterwards is none',
    change: selling((tx) => said(tx, 'dnc', 'not_listed', '2026-05-20', 0)),
    broken: SOLD,
  },
  {
    what: 'consent for the channel is enough',
    change: selling((tx) => consent(tx, 'live_call', '2026-05-01')),
    broken: {},
  },
  {
    what: 'consent for another channel, or one that was revoked, is not',
    change: selling(async (tx) => {
      await consent(tx, 'marketing_sms', '2026-05-01');
      await consent(tx, 'live_call', '2026-05-01', '2026-05-02');
    }),
    broken: SOLD,
  },
  {
    what: 'a purchase 18 months less a day ago is enough',
    change: selling((tx) => related(tx, 'purchase', '2024-12-03')),
    broken: {},
  },
  {
    what: 'one 18 months ago, an inquiry 3 months ago, or one recorded afterwards is not',
    change: selling(async (tx) => {
      await related(tx, 'purchase', '2024-12-02');
      await related(tx, 'inquiry', '2026-03-02');
      await related(tx, 'purchase', '2026-05-01', 0);
    }),
    broken: SOLD,
  },
  {
    what: 'a callback that was asked for is no solicitation',
    change: selling(undefined, { step: 'callback' }),
    broken: {},
  },
  { what: 'who does not solicit needs none of it', change: (tx) => attempted(tx), broken: {} },
]);

const TAKEN = { reassigned: [id('try')] };

describeViolations('reassigned numbers by the database alone (C11)', [
  {
    what: 'a call after the registry said "yes" is found',
    change: async (tx) => {
      await attempted(tx);
      await said(tx, 'reassigned', 'yes', '2026-05-20');
    },
    broken: TAKEN,
  },
  {
    what: 'one after consent that is newer, or after a newer "no", is in order',
    change: async (tx) => {
      await attempted(tx);
      await said(tx, 'reassigned', 'yes', '2026-05-20');
      await consent(tx, 'marketing_email', '2026-05-21');
    },
    broken: {},
  },
  {
    what: 'one before the answer was here is in order',
    change: async (tx) => {
      await attempted(tx);
      await said(tx, 'reassigned', 'yes', '2026-05-20', 0);
    },
    broken: {},
  },
]);

const ABROAD = { countries: [id('try')] };

describeViolations('countries by the database alone (T25)', [
  { what: 'a call to Jamaica is found', change: (tx) => attempted(tx, { number: '+18765550123' }), broken: ABROAD },
  { what: 'one to Latvia is found', change: (tx) => attempted(tx, { number: '+37167000000' }), broken: ABROAD },
  { what: 'one at a premium rate is found', change: (tx) => attempted(tx, { number: '+19005552345' }), broken: ABROAD },
  { what: 'one to a satellite is found', change: (tx) => attempted(tx, { number: '+881612345678' }), broken: ABROAD },
  { what: 'one to Canada is in order', change: (tx) => attempted(tx, { number: '+14165550123' }), broken: {} },
  {
    what: 'one abroad is in order where the settings of its time allowed it',
    change: async (tx) => {
      await tx`update settings set revision = 2, allowed_countries = '{US,JM}'`;
      await attempted(tx, { number: '+18765550123', permit: { settingsRevision: 2 } });
    },
    broken: {},
  },
  {
    what: 'of who was erased the country in the permit is judged',
    change: (tx) => attempted(tx, { number: '', permit: { number: { country: 'JM' } } }),
    broken: ABROAD,
  },
]);
