import { id } from '../../test/audit/company';
import { describeViolations } from '../../test/audit/violations';
import type { Tx } from '../client';

const overdue = (tx: Tx) =>
  tx`update attempt set resolve_by_rt = clock_timestamp() - interval '301 seconds' where id = ${id('live')}`;

describeViolations('attempts', [
  { what: 'a call that nobody has asked about for five minutes', change: overdue, broken: { attempts: [id('live')] } },
  {
    what: 'a call that nobody will ever ask about',
    change: (tx) => tx`update attempt set resolve_by_rt = null where id = ${id('live')}`,
    broken: { attempts: [id('live')] },
  },
  {
    what: 'a call that was asked about a minute ago is looked after',
    change: (tx) =>
      tx`update attempt set resolve_by_rt = clock_timestamp() - interval '1 minute' where id = ${id('live')}`,
    broken: {},
  },
  {
    what: 'what has come to its end needs nobody',
    change: (tx) => tx`update attempt set resolve_by_rt = null where id <> ${id('live')}`,
    broken: {},
  },
]);

const untold = (tx: Tx) =>
  tx`update fact set wakes = true, seen_rt = null, rt = clock_timestamp() - interval '61 seconds' where id = ${id('tag')}`;

describeViolations('outbox', [
  { what: 'news that nobody tried to tell for a minute', change: untold, broken: { outbox: [id('tag')] } },
  {
    what: 'news that was told, and told in vain, is on its way',
    change: async (tx) => {
      await untold(tx);
      await tx`update fact set signals = 1 where id = ${id('tag')}`;
    },
    broken: {},
  },
  {
    what: 'a wake that nobody took for a quarter of an hour',
    change: (tx) =>
      tx`insert into wake (enrollment_id, reason, rt) values (${id('held')}, 'test', clock_timestamp() - interval '16 minutes')`,
    broken: { outbox: [id('held')] },
  },
  {
    what: 'while the installation is locked for recovery nobody is told anything',
    change: async (tx) => {
      await untold(tx);
      await tx`update installation set locked_rt = clock_timestamp(), lock_reason = 'postgres_older'`;
    },
    broken: {},
  },
]);

const over = (change: string) => async (tx: Tx) => {
  await tx`update campaign set status = 'completed', status_reason = 'stopped' where id = ${id('campaign')}`;
  await tx`update enrollment set stepped_rt = clock_timestamp() - interval '1 hour'`;
  await tx`
    insert into campaign_stats (campaign_id, counts, counted_at, took_ms, timeline_id)
    select ${id('campaign')}, jsonb_build_object('enrolled', 5, 'rejected', 1, 'ended', 1, 'rulesFired', 1,
      'attempts', jsonb_build_object('voice', (select count(*) from attempt), 'sms', 0, 'email', 0)) || ${change}::text::jsonb,
      now(), 1, 0`;
};

describeViolations('counters', [
  { what: 'figures that are those of the rows', change: over('{}'), broken: {} },
  { what: 'one contact too many', change: over('{"enrolled": 6}'), broken: { counters: [id('campaign')] } },
  { what: 'a firing that is missing', change: over('{"rulesFired": 0}'), broken: { counters: [id('campaign')] } },
  {
    what: 'attempts that nobody made',
    change: over('{"attempts": {"voice": 99}}'),
    broken: { counters: [id('campaign')] },
  },
  {
    what: 'figures that are to be counted again are not held against it',
    change: async (tx) => {
      await over('{"enrolled": 6}')(tx);
      await tx`insert into timeline (campaign_id, kind, actor, at) values (${id('campaign')}, 'campaign_ended', 'test', now())`;
    },
    broken: {},
  },
]);
